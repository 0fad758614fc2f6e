dPackage: one
Version: 1

Package: cut
