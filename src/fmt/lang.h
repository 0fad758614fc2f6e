/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lang.h - what package managers of languages write down about a package that is installed.
 *
 * One file per format, lang_NAME.c.  What was read lives in the caller's arena.  A manifest of one
 * package gives 1, 0 when it names none (no version: a folder of an application, a template), or
 * -1 when it is broken.  Name and version are at most LANG_FIELD_MAX bytes, hold no control
 * characters and no blanks at their ends; a longer licence is left out.
 */
#ifndef FMT_LANG_H
#define FMT_LANG_H

#include "base/base.h"

enum lang_scope { /* what a package is there for; the numbers are facts' */
	          LANG_RUN = 0,
	          LANG_DEV = 1,      /* development, tests, build: not shipped by itself */
	          LANG_OPTIONAL = 2, /* extras, features, other platforms */
	          LANG_OWN = 3,      /* the application itself, or a part of it in its own tree */
	          LANG_SCOPE__MAX
};

struct lang_package {
	struct bytes name, version;
	struct bytes license; /* as the manifest says it; absent when it does not */
	/* What it needs, a line each: "NAME", or "NAME VERSION" where the document resolves it. */
	struct bytes depends;
	struct bytes source; /* address, when it came from elsewhere than its registry */
	struct bytes uuid;   /* of Julia; absent: none */
	const char *type;    /* of its package URL; NULL: that of the document */
	struct bytes vendor; /* who made it, where the manifest says that */
	struct bytes cpe;    /* CPE 2.3 name, where the manifest tells it */
	enum lang_scope scope;
};

/* package.json of npm: name, version, license (or the older licenses, joined by " OR "). */
int lang_npm(struct bytes text, struct arena *a, struct lang_package *ret, struct err *e);

/* METADATA or PKG-INFO of Python: the name folded as its index folds it, the licence from
 * License-Expression, License or the classifiers, whichever speaks first. */
int lang_python(struct bytes text, struct arena *a, struct lang_package *ret, struct err *e);

/* The files of a RECORD (wheels: lines of CSV, the path first) or of installed-files.txt (eggs: a
 * path a line), each as it stands there.  Takes the next off *text into b, which was made for
 * PATH_LEN_MAX; false at the end.  A longer one is left out. */
bool lang_python_record(struct bytes *text, struct buf *b);

/* The name that a requirement (PEP 508) begins with; empty when it begins with none. */
struct bytes lang_python_name(struct bytes requirement);

/* A gemspec as RubyGems writes it when it installs: its stub line, or the assignments. */
int lang_gem(struct bytes text, struct arena *a, struct lang_package *ret, struct err *e);

/* An assembly of .NET: name and version as its version resource says them.  0: a file that is none,
 * or one for Windows alone.  file: its name, for what says none. */
int lang_pe(struct bytes content, struct bytes file, struct arena *a, struct lang_package *ret,
            struct err *e);

/* pom.properties of Maven; name is "group:artifact".  0: a template that nobody filled in. */
int lang_pom_properties(struct bytes text, struct arena *a, struct lang_package *ret,
                        struct err *e);
/* What a jar is known by that lang_jar() names: the proof of the package. */
#define LANG_JAR_GUESSED "its manifest, or the name of its file"
/* The parts of "ARTIFACT-VERSION.jar"; the version is absent where the name has none. */
void lang_jar_name(struct bytes file, struct bytes *ret_artifact, struct bytes *ret_version);
/* A jar without one: by the name of the file, the text of its manifest (may be absent), and the
 * folder that all its classes share (absent: none).  The group is what these tell, or the artifact.
 * 0: no version is known. */
int lang_jar(struct bytes file, struct bytes manifest, struct bytes classes, struct arena *a,
             struct lang_package *ret);
/* Bundle-License of a manifest as names and SPDX identifiers, several joined by " OR " (OSGi: a
 * choice); absent: it says none that is known by its address. */
struct bytes lang_jar_license(struct bytes manifest, struct arena *a);

/* The licences of a pom.xml, by their addresses or names, several joined by " OR "; absent: it
 * names none, as one does whose parent does, or cannot be read. */
struct bytes lang_pom_license(struct bytes text, struct arena *a);

/* NAME.reg of PEAR's registry, of PEAR itself and of PECL: "CHANNEL/NAME", or the name alone where
 * the file says no channel. 0: a file of the registry that is no package. */
int lang_pear(struct bytes text, struct arena *a, struct lang_package *ret, struct err *e);

/* An ELF library that is an extension of PHP: what its module calls itself, and its version.  0: no
 * extension, or one without a version. */
int lang_php_extension(struct bytes content, struct arena *a, struct lang_package *ret,
                       struct err *e);

/* conda-meta/NAME.json. */
int lang_conda(struct bytes text, struct arena *a, struct lang_package *ret, struct err *e);
/* lang_wordpress.c: wp-includes/version.php of WordPress itself; the header of a plugin's main file
 * and of a theme's style.css, of which WordPress reads WORDPRESS_HEAD_MAX bytes.  The name is the
 * one that is shown.  0: a file without one. */
int lang_wordpress(struct bytes text, struct arena *a, struct lang_package *ret, struct err *e);
int lang_wordpress_plugin(struct bytes text, struct arena *a, struct lang_package *ret,
                          struct err *e);
int lang_wordpress_theme(struct bytes text, struct arena *a, struct lang_package *ret,
                         struct err *e);

/* MYMETA.json, which cpanm keeps of each distribution of CPAN that it installed. */
int lang_cpan(struct bytes text, struct arena *a, struct lang_package *ret, struct err *e);

/* The package note of an ELF file, as far as it lies within its first bytes: the name with the
 * system that it was built for before it ("fedora/curl").  0: no ELF file, or one without. */
int lang_elf_note(struct bytes head, struct arena *a, struct lang_package *ret, struct err *e);

/* lang_kernel.c: a kernel of Linux (bzImage, or what holds its text), and a module of it that has a
 * version of its own.  0: none. */
int lang_kernel(struct bytes content, struct arena *a, struct lang_package *ret, struct err *e);
int lang_kernel_module(struct bytes content, struct arena *a, struct lang_package *ret,
                       struct err *e);

/* lang_fields.c: DESCRIPTION of R (0: not installed, sources), package.conf.d/NAME.conf of GHC, the
 * file "release" of a JDK, NAME.app of Erlang and meta/snap.yaml of a snap (0: none after all). */
int lang_r(struct bytes text, struct arena *a, struct lang_package *ret, struct err *e);
int lang_ghc(struct bytes text, struct arena *a, struct lang_package *ret, struct err *e);
int lang_jdk(struct bytes text, struct arena *a, struct lang_package *ret, struct err *e);
int lang_snap(struct bytes text, struct arena *a, struct lang_package *ret, struct err *e);
int lang_erlang(struct bytes text, struct arena *a, struct lang_package *ret, struct err *e);

/* Takes one package of a document that holds many; its slices live until it returns. */
typedef void lang_fn(void *arg, const struct lang_package *p);

/* installed.json of Composer, either version; packages without name or version are none. */
int lang_composer(struct bytes text, lang_fn *fn, void *arg, struct err *e);
/* installed.php beside it: the same packages, without their licences; what others only provide or
 * replace is none, nor is the application itself. */
int lang_composer_php(struct bytes text, lang_fn *fn, void *arg, struct err *e);
/* NAME.deps.json of .NET: the libraries that came from a feed, the packed runtime, and the
 * application's own projects (LANG_OWN). */
int lang_nuget(struct bytes text, lang_fn *fn, void *arg, struct err *e);
/* The files that it says lie beside it, as it names them, but those of the application's own
 * projects; they live until fn returns. */
typedef void lang_file_fn(void *arg, struct bytes file);
int lang_nuget_files(struct bytes text, lang_file_fn *fn, void *arg, struct err *e);

/* The dependency list of an ELF file that cargo-auditable built; 0: it has none. */
int lang_cargo_file(struct bytes file, lang_fn *fn, void *arg, struct err *e);

/* Build info of Go binaries.  lang_go_find: offset of the next mark at or after `from`, at a
 * multiple of 16, or -1.  lang_go_need: how many bytes from a mark on hold all of its strings, as
 * far as the n bytes at hand tell; 0: no build info after all; -1: Go before 1.18, whose strings
 * lie elsewhere in the file. */
ssize_t lang_go_find(struct bytes b, size_t from);
ssize_t lang_go_need(struct bytes b);
/* The main module, its dependencies as they were replaced, and the standard library ("stdlib"), of
 * build info that begins at b. */
int lang_go_info(struct bytes b, lang_fn *fn, void *arg, struct err *e);
/* The same for a whole ELF file, whichever Go made it: 0 when it holds none. */
int lang_go_file(struct bytes file, lang_fn *fn, void *arg, struct err *e);
struct elf;
/* Build info before Go 1.18 that begins at b, of HEAD bytes at least, in a file of which el has
 * what it points to: 0 when it leads nowhere or that is lacking. */
int lang_go_pointed(struct elf *el, struct bytes b, lang_fn *fn, void *arg);
/* Where in the file the two string headers stand that it points to; 0: nowhere. */
void lang_go_headers(const struct elf *el, struct bytes b, uint64_t ret[2]);

/* ---- such a program as it goes by (lang_go_keep.c) ---- */

struct lang_go_keep; /* what its build info may point to: at most GO_KEPT_MAX bytes */
struct lang_go_keep *lang_go_keep_new(void);
void lang_go_keep_free(struct lang_go_keep *k);
/* The bytes of the file, in order.  False: this is no program of Go, and nothing more is kept. */
bool lang_go_keep_piece(struct lang_go_keep *k, struct bytes piece);
/* b: build info of which lang_go_need said -1, found among the bytes given so far. */
void lang_go_keep_found(struct lang_go_keep *k, struct bytes b);
/* After the last piece: packages as lang_go_file.  False: what was found needs more than is kept.
 */
bool lang_go_keep_end(struct lang_go_keep *k, lang_fn *fn, void *arg);

/* Does path lie in the tree of a package that is installed?  A lock file there is a left-over of
 * somebody else's development. */
bool lang_is_in_tree(struct bytes path);

/* For the readers: trims and checks what they found, names what is wrong. */
int lang_check(struct lang_package *p, struct err *e);

#endif
