/* SPDX-License-Identifier: Apache-2.0 */
/*
 * report_kinds.c - whether the members of a saved report are of the kinds that they must be.
 *
 * A number where a text is, "true" in quotes: read as absent, either would let pass what a rule
 * asks about.  Members that are not known are a newer assay's, and left alone; null is "not there".
 *
 * Format: DESIGN section 6; render/schema.c says it to others.
 */
#include "model/report_parts.h"

#include <string.h>

enum {
	TEXT = 1U << JNODE_TEXT,
	BOOL = 1U << JNODE_TRUE | 1U << JNODE_FALSE,
	INT = 1U << JNODE_INT,
	NUMBER = 1U << JNODE_INT | 1U << JNODE_REAL,
	OBJECT = 1U << JNODE_OBJECT,
	LIST = 1U << JNODE_LIST,
};

struct member {
	const char *name;
	unsigned kinds;
	unsigned of;                /* of a list: kinds of its elements */
	const struct member *parts; /* of an object, or of the objects of a list */
};

#define END                                                                                        \
	{                                                                                          \
		NULL, 0, 0, NULL                                                                   \
	}
#define TEXTS        LIST, TEXT, NULL
#define OBJECTS(of)  LIST, OBJECT, of
#define PART(parts)  OBJECT, 0, parts
#define PLAIN(kinds) kinds, 0, NULL

/* The order is that in which they are written: looking goes on from the last one found. */
static const struct member tool[] = {
	{"name",        PLAIN(TEXT)},
	{"version",     PLAIN(TEXT)},
	{"confinement", PLAIN(TEXT)},
	END,
};

/* uid and gid: what is no number is -1, not known */
static const struct member user[] = {
	{"declared",  PLAIN(TEXT)},
	{"privilege", PLAIN(TEXT)},
	END,
};

static const struct member layer[] = {
	{"digest",     PLAIN(TEXT)},
        {"diff_id",    PLAIN(TEXT)},
        {"size",       PLAIN(INT) },
	{"created_by", PLAIN(TEXT)},
        {"origin",     PLAIN(TEXT)},
        END,
};

static const struct member config[] = {
	{"user",          PLAIN(TEXT)  },
	{"entrypoint",    TEXTS        },
	{"cmd",           TEXTS        },
	{"env",           TEXTS        },
	{"exposed_ports", TEXTS        },
	{"labels",        PLAIN(OBJECT)},
	END,
};

static const struct member image[] = {
	{"reference",     PLAIN(TEXT)   },
        {"digest",        PLAIN(TEXT)   },
	{"config_digest", PLAIN(TEXT)   },
        {"platform",      PLAIN(TEXT)   },
	{"user",          PART(user)    },
        {"layers",        OBJECTS(layer)},
	{"config",        PART(config)  },
        END,
};

static const struct member content_set[] = {
	{"layer", PLAIN(INT) },
	{"name",  PLAIN(TEXT)},
	END,
};

static const struct member os[] = {
	{"id",           PLAIN(TEXT)         },
	{"version",      PLAIN(TEXT)         },
	{"name",         PLAIN(TEXT)         },
	{"eol",          PLAIN(TEXT)         },
	{"content_sets", OBJECTS(content_set)},
	END,
};

static const struct member lineage[] = {
	{"reference", PLAIN(TEXT)},
	{"digest",    PLAIN(TEXT)},
	{"layers",    PLAIN(INT) },
	{"by",        PLAIN(TEXT)},
	{"admitted",  PLAIN(TEXT)},
	{"signer",    PLAIN(TEXT)},
	END,
};

static const struct member source_package[] = {
	{"name",    PLAIN(TEXT)},
	{"version", PLAIN(TEXT)},
	END,
};

static const struct member package[] = {
	{"purl",        PLAIN(TEXT)         },
        {"type",        PLAIN(TEXT)         },
	{"name",        PLAIN(TEXT)         },
        {"version",     PLAIN(TEXT)         },
	{"arch",        PLAIN(TEXT)         },
        {"source",      PART(source_package)},
	{"licenses",    TEXTS               },
        {"vendor",      PLAIN(TEXT)         },
	{"maintainer",  PLAIN(TEXT)         },
        {"repository",  PLAIN(TEXT)         },
	{"module",      PLAIN(TEXT)         },
        {"third_party", PLAIN(BOOL)         },
	{"layer",       PLAIN(INT)          },
        {"paths",       TEXTS               },
	{"evidence",    PLAIN(TEXT)         },
        {"scope",       PLAIN(TEXT)         },
	{"absent",      PLAIN(BOOL)         },
        {"proof",       PLAIN(TEXT)         },
	{"digest",      PLAIN(TEXT)         },
        {"cpe",         PLAIN(TEXT)         },
	{"depends",     TEXTS               },
        END,
};

static const struct member location[] = {
	{"layer",   PLAIN(INT) },
	{"path",    PLAIN(TEXT)},
	{"line",    PLAIN(INT) },
	{"deleted", PLAIN(BOOL)},
	END,
};

static const struct member advisory[] = {
	{"feed",     PLAIN(TEXT)},
	{"advisory", PLAIN(TEXT)},
	{"date",     PLAIN(TEXT)},
	END,
};

static const struct member cvss[] = {
	{"vector", PLAIN(TEXT)  },
	{"score",  PLAIN(NUMBER)},
	END,
};

static const struct member waived[] = {
	{"by",     PLAIN(TEXT)},
	{"owner",  PLAIN(TEXT)},
	{"reason", PLAIN(TEXT)},
	{"until",  PLAIN(TEXT)},
	END,
};

static const struct member finding[] = {
	{"check",           PLAIN(TEXT)   },
	{"id",              PLAIN(TEXT)   },
	{"severity",        PLAIN(TEXT)   },
	{"severity_source", PLAIN(TEXT)   },
	{"title",           PLAIN(TEXT)   },
	{"package",         PLAIN(TEXT)   },
	{"installed",       PLAIN(TEXT)   },
	{"fixed",           PLAIN(TEXT)   },
	{"status",          PLAIN(TEXT)   },
	{"location",        PART(location)},
	{"reason",          PLAIN(TEXT)   },
	{"repair",          PLAIN(TEXT)   },
	{"match",           PLAIN(TEXT)   },
	{"source",          PART(advisory)},
	{"epss",            PLAIN(NUMBER) },
	{"kev",             PLAIN(BOOL)   },
	{"cvss",            PART(cvss)    },
	{"references",      TEXTS         },
	{"fingerprint",     PLAIN(TEXT)   },
	{"waived",          PART(waived)  },
	END,
};

static const struct member evidence[] = {
	{"kind",         PLAIN(TEXT)},
        {"type",         PLAIN(TEXT)},
        {"found",        PLAIN(TEXT)},
	{"name",         PLAIN(TEXT)},
        {"subject",      PLAIN(TEXT)},
        {"document",     PLAIN(TEXT)},
	{"media_type",   PLAIN(TEXT)},
        {"layer",        PLAIN(INT) },
        {"about",        PLAIN(TEXT)},
	{"signatures",   PLAIN(INT) },
        {"signer",       PLAIN(TEXT)},
        {"phase",        PLAIN(TEXT)},
	{"result",       PLAIN(TEXT)},
        {"tool",         PLAIN(TEXT)},
        {"tool_version", PLAIN(TEXT)},
	{"created",      PLAIN(TEXT)},
        {"claimed",      TEXTS      },
        {"packages",     PLAIN(INT) },
	{"missing",      PLAIN(INT) },
        {"unlisted",     PLAIN(INT) },
        END,
};

static const struct member coverage[] = {
	{"check",  PLAIN(TEXT)},
	{"status", PLAIN(TEXT)},
	{"code",   PLAIN(TEXT)},
	{"layer",  PLAIN(INT) },
	{"path",   PLAIN(TEXT)},
	{"detail", PLAIN(TEXT)},
	END,
};

static const struct member import[] = {
	{"form",        PLAIN(TEXT)},
	{"tool",        PLAIN(TEXT)},
	{"version",     PLAIN(TEXT)},
	{"result",      PLAIN(TEXT)},
	{"created",     PLAIN(TEXT)},
	{"about",       PLAIN(TEXT)},
	{"digest",      PLAIN(TEXT)},
	{"commit",      PLAIN(TEXT)},
	{"rules",       PLAIN(INT) },
	{"rule_sets",   TEXTS      },
	{"results",     PLAIN(INT) },
	{"settled",     PLAIN(INT) },
	{"passed",      PLAIN(INT) },
	{"skipped",     PLAIN(INT) },
	{"file",        PLAIN(TEXT)},
	{"file_digest", PLAIN(TEXT)},
	END,
};

static const struct member summary[] = {
	{"suppressed", PLAIN(INT)},
	{"filtered",   PLAIN(INT)},
	END,
};

static const struct member verdict[] = {
	{"result",  PLAIN(TEXT)},
	{"policy",  PLAIN(TEXT)},
	{"reasons", TEXTS      },
	END,
};

static const struct member report[] = {
	{"schema",   PLAIN(TEXT)      },
	{"tool",     PART(tool)       },
	{"image",    PART(image)      },
	{"os",       PART(os)         },
	{"lineage",  OBJECTS(lineage) },
	{"packages", OBJECTS(package) },
	{"findings", OBJECTS(finding) },
	{"evidence", OBJECTS(evidence)},
	{"coverage", OBJECTS(coverage)},
	{"imports",  OBJECTS(import)  },
	{"summary",  PART(summary)    },
	{"verdict",  PART(verdict)    },
	END,
};

struct checking {
	struct bytes text; /* the document */
	const char *name;
	struct err *e;
};

/* Where a value is, for the error: the names on the way down to it. */
struct step {
	const struct step *above;
	struct bytes key; /* of a member, as it stands in the document if it has no escapes */
	size_t at;        /* of an element of a list */
	bool is_element;  /* else a member */
};

static void write_step(struct buf *b, const struct step *s)
{
	if (!s)
		return;
	write_step(b, s->above);
	if (s->is_element)
		buf_addf(b, "[%zu]", s->at);
	else
		buf_addf(b, "%s%.*s", s->above ? "." : "", BYTES_FMT(s->key));
}

static void write_place(struct buf *b, struct bytes text, const struct step *s)
{
	size_t line = 1, column = 1;
	while (s && (s->is_element || s->key.p < text.p || s->key.p >= text.p + text.n))
		s = s->above;
	/* the key stands behind its quote */
	for (const uint8_t *p = text.p; s && p + 1 < s->key.p; p++) {
		line += *p == '\n';
		column = *p == '\n' ? 1 : column + 1;
	}
	if (s)
		buf_addf(b, "line %zu, column %zu: ", line, column);
}

static int refuse(const struct checking *c, const struct step *s, unsigned kinds)
{
	AUTO_BUF struct buf b;
	const char *want = kinds == TEXT     ? "a text"
	                   : kinds == BOOL   ? "true or false"
	                   : kinds == INT    ? "a whole number"
	                   : kinds == NUMBER ? "a number"
	                   : kinds == LIST   ? "a list"
	                                     : "an object";
	buf_init(&b, 400);
	write_place(&b, c->text, s);
	write_step(&b, s);
	return err_set(c->e, ERR_FORMAT, "%s: %s is not %s", c->name, buf_cstr(&b), want);
}

static int check_members(const struct member *parts, const struct jnode *o, const struct step *s,
                         const struct checking *c);

static int check_list(const struct member *m, const struct jnode *list, const struct step *s,
                      const struct checking *c)
{
	for (size_t i = 0; i < list->n; i++) {
		struct step here = {.above = s, .at = i, .is_element = true};
		const struct jnode *v = &list->v[i];
		if (!(m->of & 1U << v->kind))
			return refuse(c, &here, m->of);
		if (m->parts && check_members(m->parts, v, &here, c) < 0)
			return -1;
	}
	return 0;
}

/* The row of a member: those after `from` first. */
static const struct member *row_of(const struct member *parts, const struct member *from,
                                   struct bytes key)
{
	for (const struct member *m = from; m->name; m++)
		if (bytes_eq(key, bytes_str(m->name)))
			return m;
	for (const struct member *m = parts; m < from; m++)
		if (bytes_eq(key, bytes_str(m->name)))
			return m;
	return NULL;
}

static int check_members(const struct member *parts, const struct jnode *o, const struct step *s,
                         const struct checking *c)
{
	const struct member *from = parts;
	for (size_t i = 0; i < o->n; i++) {
		const struct jnode *v = &o->v[i];
		const struct member *m = row_of(parts, from, v->key);
		if (!m || v->kind == JNODE_NULL)
			continue;
		struct step here = {.above = s, .key = v->key};
		from = m + 1;
		if (!(m->kinds & 1U << v->kind))
			return refuse(c, &here, m->kinds);
		if (v->kind == JNODE_OBJECT && m->parts && check_members(m->parts, v, &here, c) < 0)
			return -1;
		if (v->kind == JNODE_LIST && m->of && check_list(m, v, &here, c) < 0)
			return -1;
	}
	return 0;
}

int report_check_kinds(const struct jnode *o, struct bytes text, const char *name, struct err *e)
{
	struct checking c = {.text = text, .name = name, .e = e};
	return check_members(report, o, NULL, &c);
}
