/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lock.h - lock files and manifests: what an application was resolved, or declared, to be made of.
 *
 * One file per package manager, lock_NAME.c; a reader per format.  Each takes the text and gives
 * one package after the other to o->fn.  A document that is not of its format ends the reading; one
 * entry that cannot be used is named in the error at the end, and the others are given all the
 * same.  The application itself and what lies in its own folders (workspaces, local paths) is of
 * scope LANG_OWN.  Left out: links, and what has no version (counted in o->unpinned, but for the
 * application's own).  Errors name the line where the format has lines.
 *
 * Bounds: LANG_LIST_MAX bytes, LOCK_PACKAGES_MAX packages, LOCK_DEPENDS_MAX bytes of dependencies
 * of one package (what is past it is left out and said).
 */
#ifndef FMT_LOCK_H
#define FMT_LOCK_H

#include "fmt/lang.h"

struct lock_out {
	lang_fn *fn;
	void *arg;
	size_t n;        /* packages given */
	size_t unpinned; /* entries without a version */
	/* private */
	struct buf depends, text;
	struct err first; /* entry that could not be used */
	size_t broken;
};

void lock_out_init(struct lock_out *o, lang_fn *fn, void *arg);
void lock_out_fini(struct lock_out *o);

typedef int lock_reader(struct bytes text, struct lock_out *o, struct err *e);

/* JavaScript */
lock_reader lock_npm;  /* package-lock.json 1 to 3, npm-shrinkwrap.json */
lock_reader lock_yarn; /* yarn.lock, 1 and berry */
lock_reader lock_pnpm; /* pnpm-lock.yaml, all versions */
lock_reader lock_bun;  /* bun.lock */
lock_reader lock_deno; /* deno.lock, 3 and later: what came from npm */
/* Python */
lock_reader lock_pipfile;      /* Pipfile.lock */
lock_reader lock_python_toml;  /* poetry.lock, pdm.lock, uv.lock, pylock.toml */
lock_reader lock_requirements; /* requirements.txt: what is pinned */
lock_reader lock_conda;        /* environment.yml: what is pinned, pip's share too */
/* Go */
lock_reader lock_gomod;
lock_reader lock_gosum; /* modules whose content is needed, not those whose go.mod is */
/* Rust, Julia */
lock_reader lock_cargo;
lock_reader lock_julia; /* Manifest.toml */
/* Java */
lock_reader lock_pom;            /* pom.xml: what it pins itself */
lock_reader lock_gradle;         /* gradle.lockfile, buildscript-gradle.lockfile */
lock_reader lock_gradle_verify;  /* verification-metadata.xml */
lock_reader lock_gradle_catalog; /* libs.versions.toml */
lock_reader lock_sbt;            /* build.sbt.lock */
/* Ruby, PHP */
lock_reader lock_gemfile;
lock_reader lock_composer;
/* .NET */
lock_reader lock_nuget;         /* packages.lock.json */
lock_reader lock_nuget_assets;  /* project.assets.json */
lock_reader lock_nuget_config;  /* packages.config */
lock_reader lock_nuget_project; /* NAME.csproj, Directory.Packages.props, Packages.props */
lock_reader lock_paket;         /* paket.lock */
/* Dart, Elixir, Erlang, Swift, C, R, Haskell */
lock_reader lock_pub;
lock_reader lock_mix;
lock_reader lock_rebar;
lock_reader lock_swift;   /* Package.resolved 1 to 3 */
lock_reader lock_podfile; /* Podfile.lock */
lock_reader lock_conan;   /* conan.lock 1 and 2 */
lock_reader lock_renv;
lock_reader lock_cabal; /* cabal.project.freeze */
lock_reader lock_stack; /* stack.yaml.lock */

/* ---- for the readers ---- */

/* Adds to the dependencies of the package that is put next.  An absent version is unknown. */
void lock_need(struct lock_out *o, struct bytes name, struct bytes version);
/* Gives p with the dependencies added since the last; without a version it is counted only.
 * -1 past LOCK_PACKAGES_MAX. */
int lock_put(struct lock_out *o, struct lang_package *p, struct err *e);
/* Notes an entry that cannot be used. */
void lock_odd(struct lock_out *o, struct bytes entry, const char *what);
/* The end of a document: 1, or -1 when entries could not be used, naming the first. */
int lock_end(struct lock_out *o, struct err *e);

/* Loads a document that must be an object (mapping, table). */
int lock_json(struct bytes text, const char *name, json_t **ret, struct err *e);
int lock_yaml(struct bytes text, const char *name, json_t **ret, struct err *e);
int lock_toml(struct bytes text, const char *name, json_t **ret, struct err *e);
/* "name@version": cut at the last "@" that is not the first byte; false without one. */
bool lock_at(struct bytes spec, struct bytes *ret_name, struct bytes *ret_version);

/* One requirement of pip (PEP 508, or a line of options, which gives nothing). */
int lock_requirement(struct lock_out *o, struct bytes line, struct err *e);

/* A member of the document that must be of that kind; NULL: it is not there, or empty.  One of
 * another kind is noted, for what it holds is not read. */
const json_t *lock_part(struct lock_out *o, const json_t *root, const char *key, json_type kind);

/* Members of an object, one after the other. */
struct lock_members {
	json_t *obj;
	void *iter;
	struct bytes key;
	const json_t *value;
};
struct lock_members lock_members(const json_t *obj); /* of no object: none */
bool lock_next(struct lock_members *m);

#endif
