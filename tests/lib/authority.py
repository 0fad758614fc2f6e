# SPDX-License-Identifier: Apache-2.0
"""authority - a certificate authority of openssl's.

    ca = Authority("ca"); ca.pem
    Registry(blobs, index, tls=ca.server("one", "DNS:registry.test,IP:127.0.0.1"))
"""
import os
import subprocess

from tap import TMP

KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")


def run(*args):
    subprocess.run(["openssl", *args], check=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


class Authority:
    def __init__(self, name):
        self.pem, self.key = self.at(name + ".pem"), self.at(name + ".key")
        run("req", "-x509", *KEY, "-days", "2", "-subj", "/CN=" + name, "-keyout", self.key, "-out", self.pem)

    @staticmethod
    def at(name):
        return os.path.join(TMP, name)

    def server(self, name, names, days=2):
        """(certificate, key) for subjectAltName names."""
        crt, key, csr, ext = (self.at(name + end) for end in (".crt", ".key", ".csr", ".ext"))
        run("req", *KEY, "-subj", "/CN=" + name, "-keyout", key, "-out", csr)
        with open(ext, "w", encoding="utf-8") as f:
            f.write(f"subjectAltName={names}\n")
        run("x509", "-req", "-in", csr, "-CA", self.pem, "-CAkey", self.key, "-CAcreateserial", "-days", str(days), "-extfile", ext,
            "-out", crt)
        return crt, key
