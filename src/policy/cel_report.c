/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cel_report.c - what expressions of a policy may speak of: the report of DESIGN section 6,
 * evidence, and where the image is to run.
 *
 * A text that is absent is "", a list that is absent is empty; a number that is not known is an
 * error when it is read, and has() asks whether it is known.
 */
#include "policy/policy_parts.h"

#include <string.h>

#define GET(name, type, value)                                                                     \
	static void name(struct cel_run *r, const struct cel_value *of, struct cel_value *ret)     \
	{                                                                                          \
		const type *x = of->obj.p;                                                         \
		(void)r;                                                                           \
		*ret = (value);                                                                    \
	}
#define TEXT(name, type, field) GET(name, type, cel_string(x->field))
#define WORD(name, type, word)  GET(name, type, cel_string(bytes_str(word)))
#define NUMBER(name, type, value, is_known, what)                                                  \
	GET(name, type, (is_known) ? (value) : cel_error(r, "%s is not known", what))
#define PART(name, type, object) GET(name, type, object_of(&object, x))

static struct cel_value object_of(const struct cel_object *type, const void *p)
{
	struct cel_value v = {.kind = CEL_OBJECT};
	v.obj.type = type;
	v.obj.p = p;
	return v;
}

static struct cel_value texts_of(struct cel_run *r, const struct bytes_list *l)
{
	struct cel_value *v = cel_alloc(r, (l->n + 1) * sizeof *v);
	for (size_t i = 0; v && i < l->n; i++)
		v[i] = cel_string(l->v[i]);
	return v ? cel_list_of(r, v, l->n) : cel_error(r, "too many texts");
}

/* A list of objects that lie side by side. */
static struct cel_value objects_of(struct cel_run *r, const struct cel_object *type, const void *p,
                                   size_t n, size_t size)
{
	struct cel_value *v = cel_alloc(r, (n + 1) * sizeof *v);
	for (size_t i = 0; v && i < n; i++)
		v[i] = object_of(type, (const uint8_t *)p + i * size);
	return v ? cel_list_of(r, v, n) : cel_error(r, "too many objects");
}

#define END                                                                                        \
	{                                                                                          \
		NULL, NULL, NULL, NULL                                                             \
	}

/* ---- findings ---- */

TEXT(location_path, struct finding, location.path)
NUMBER(location_layer, struct finding, cel_int(x->location.layer), x->location.layer >= 0,
       "the layer")
NUMBER(location_line, struct finding, cel_int(x->location.line), x->location.line > 0, "the line")
GET(location_deleted, struct finding, cel_bool(x->location.is_deleted))
static const struct cel_field location_fields[] = {
	{"deleted", "b", location_deleted, "whether the file is gone in the image"},
	{"layer",   "i", location_layer,   "number of the layer"                  },
	{"line",    "i", location_line,    "line of the file"                     },
	{"path",    "s", location_path,    "path of the file"                     },
	END,
};
static const struct cel_object location = {"finding.location", location_fields};

TEXT(cvss_vector, struct finding, cvss_vector)
NUMBER(cvss_score_of, struct finding, cel_double(x->cvss_score), x->cvss_score >= 0,
       "the CVSS score")
static const struct cel_field cvss_fields[] = {
	{"score",  "d", cvss_score_of, "base score"},
	{"vector", "s", cvss_vector,   "vector"    },
	END,
};
static const struct cel_object cvss = {"finding.cvss", cvss_fields};

TEXT(waived_by, struct waived, by)
TEXT(waived_owner, struct waived, owner)
TEXT(waived_reason, struct waived, reason)
TEXT(waived_until, struct waived, until)
static const struct cel_field waived_fields[] = {
	{"by",     "s", waived_by,     "file and line of the waiver"},
	{"owner",  "s", waived_owner,  "who took the responsibility"},
	{"reason", "s", waived_reason, "why"                        },
	{"until",  "s", waived_until,  "last day it holds"          },
	END,
};
static const struct cel_object waived = {"finding.waived", waived_fields};

#define HOST(r) ((const struct policy_host *)(r)->host)
GET(finding_check, struct finding, HOST(r)->checks[x->check])
TEXT(finding_id, struct finding, id)
GET(finding_severity, struct finding, HOST(r)->severities[x->severity])
GET(finding_rank, struct finding, cel_int(x->severity))
TEXT(finding_severity_source, struct finding, severity_source)
TEXT(finding_title, struct finding, title)
TEXT(finding_package, struct finding, package)
TEXT(finding_installed, struct finding, installed)
TEXT(finding_fixed, struct finding, fixed)
WORD(finding_status, struct finding, x->has_status ? status_name(x->status) : "")
TEXT(finding_reason, struct finding, reason)
TEXT(finding_repair, struct finding, repair)
WORD(finding_fingerprint, struct finding, x->fingerprint)
GET(finding_kev, struct finding, cel_bool(x->is_kev))
NUMBER(finding_epss, struct finding, cel_double(x->epss), x->epss >= 0, "the EPSS score")
PART(finding_location, struct finding, location)
PART(finding_cvss, struct finding, cvss)
GET(finding_references, struct finding, texts_of(r, &x->references))
GET(finding_waived, struct finding, x->waived ? object_of(&waived, x->waived) : cel_null())
static const struct cel_field finding_fields[] = {
	{"check",           "s",                  finding_check,           "vulnerability, secret, malware, config, user, ..."},
	{"cvss",            "{finding.cvss}",     finding_cvss,            "score and vector"                                 },
	{"epss",            "d",                  finding_epss,            "chance of exploitation; not always known"         },
	{"fingerprint",     "s",                  finding_fingerprint,     "what stays the same from scan to scan"            },
	{"fixed",           "s",                  finding_fixed,           "version that repairs it; \"\": none"              },
	{"id",              "s",                  finding_id,              "CVE, advisory, or the id of a rule"               },
	{"installed",       "s",                  finding_installed,       "installed version"                                },
	{"kev",             "b",                  finding_kev,             "known to be exploited (CISA)"                     },
	{"location",        "{finding.location}", finding_location,        "where it is"                                      },
	{"package",         "s",                  finding_package,         "package URL"                                      },
	{"rank",            "i",                  finding_rank,
         "the severity as a number: 0 unknown, 1 negligible, ... 5 critical"                                                  },
	{"reason",          "s",                  finding_reason,          "why it was found"                                 },
	{"references",      "Ls",                 finding_references,      "other ids and addresses"                          },
	{"repair",          "s",                  finding_repair,          "what to do"                                       },
	{"severity",        "s",                  finding_severity,        "critical, high, medium, low, negligible, unknown" },
	{"severity_source", "s",                  finding_severity_source, "whose severity it is"                             },
	{"status",          "s",                  finding_status,          "affected, fixed, will_not_fix, ..."               },
	{"title",           "s",                  finding_title,           "one line"                                         },
	{"waived",          "{finding.waived}",   finding_waived,          "the waiver that lets it pass; has() asks"         },
	END,
};
static const struct cel_object finding = {"finding", finding_fields};

/* ---- image ---- */

TEXT(user_declared, struct report_image, user.declared)
NUMBER(user_gid, struct report_image, cel_int(x->user.gid), true, "")
NUMBER(user_uid, struct report_image, cel_int(x->user.uid), true, "")
WORD(user_privilege, struct report_image, x->user.privilege ? x->user.privilege : "")
NUMBER(user_writable, struct report_image, texts_of(r, &x->user.writable),
       x->user.is_writable_known, "what its user (root, if it is 0) may write")
static const struct cel_field user_fields[] = {
	{"declared",  "s",  user_declared,  "USER as the image has it"                           },
	{"gid",       "i",  user_gid,       "resolved in the image; -1: not known"               },
	{"privilege", "s",  user_privilege, "what it could become: confined, ..., root"          },
	{"uid",       "i",  user_uid,       "resolved in the image; -1: not known"               },
	{"writable",  "Ls", user_writable,  "what it may write; has() asks whether that is known"},
	END,
};
static const struct cel_object user = {"image.user", user_fields};

TEXT(layer_created_by, struct report_layer, created_by)
TEXT(layer_diff_id, struct report_layer, diff_id)
TEXT(layer_digest, struct report_layer, digest)
WORD(layer_origin, struct report_layer, x->origin ? x->origin : "unknown")
GET(layer_size, struct report_layer, cel_int((int64_t)MIN_OF(x->size, (uint64_t)INT64_MAX)))
static const struct cel_field layer_fields[] = {
	{"created_by", "s", layer_created_by, "the instruction that made it"  },
	{"diff_id",    "s", layer_diff_id,    "digest of the plain bytes"     },
	{"digest",     "s", layer_digest,     "digest of the compressed bytes"},
	{"origin",     "s", layer_origin,     "base, app, unknown"            },
	{"size",       "i", layer_size,       "compressed bytes"              },
	END,
};
static const struct cel_object layer = {"layer", layer_fields};

static struct cel_value labels_of(struct cel_run *r, const struct report_image *im)
{
	size_t n = im->config.n_labels;
	struct cel_value *keys = cel_alloc(r, 2 * (n + 1) * sizeof *keys);
	for (size_t i = 0; keys && i < n; i++) {
		keys[i] = cel_string(im->config.labels[i].key);
		keys[n + 1 + i] = cel_string(im->config.labels[i].value);
	}
	return keys ? cel_map_of(r, keys, keys + n + 1, n) : cel_error(r, "too many labels");
}

#define OF_CONFIG(value) x->config.is_present ? (value) : cel_error(r, "the image has no config")
GET(config_cmd, struct report_image, OF_CONFIG(texts_of(r, &x->config.cmd)))
GET(config_entrypoint, struct report_image, OF_CONFIG(texts_of(r, &x->config.entrypoint)))
GET(config_env, struct report_image, OF_CONFIG(texts_of(r, &x->config.env)))
GET(config_ports, struct report_image, OF_CONFIG(texts_of(r, &x->config.exposed_ports)))
GET(config_labels, struct report_image, OF_CONFIG(labels_of(r, x)))
GET(config_user, struct report_image, OF_CONFIG(cel_string(x->config.user)))
static const struct cel_field config_fields[] = {
	{"cmd",           "Ls",  config_cmd,        "CMD"       },
	{"entrypoint",    "Ls",  config_entrypoint, "ENTRYPOINT"},
	{"env",           "Ls",  config_env,        "NAME=value"},
	{"exposed_ports", "Ls",  config_ports,      "8080/tcp"  },
	{"labels",        "Mss", config_labels,     "labels"    },
	{"user",          "s",   config_user,       "USER"      },
	END,
};
static const struct cel_object config = {"image.config", config_fields};

/* Of what can be run: bytes, by who says that they are as they should be. */
#define ACCOUNT(name, value)                                                                       \
	NUMBER(name, struct report_image, value, x->account.is_present,                            \
	       "what explains the programs")
#define BYTES_OF(field) cel_int((int64_t)MIN_OF(x->account.field, (uint64_t)INT64_MAX))

/* The image's own database vouches for nothing here: who changed a program could change that. */
static struct cel_value explained(const struct report_account *c)
{
	double part = (double)c->from_signed + (double)c->learned;
	return cel_double(c->bytes ? part / (double)c->bytes : 1.0);
}

ACCOUNT(account_bytes, BYTES_OF(bytes))
ACCOUNT(account_claimed, BYTES_OF(claimed))
ACCOUNT(account_explained, explained(&x->account))
ACCOUNT(account_learned, BYTES_OF(learned))
ACCOUNT(account_programs, BYTES_OF(programs))
ACCOUNT(account_signed, BYTES_OF(from_signed))
ACCOUNT(account_steps, BYTES_OF(steps))
static const struct cel_field account_fields[] = {
	{"bytes",     "i", account_bytes,     "of all programs and libraries"                             },
	{"claimed",   "i", account_claimed,   "of these, explained by the image's own database alone"     },
	{"explained", "d", account_explained,
         "share of the bytes that are signed or learned: 0.0 to 1.0"                                      },
	{"learned",   "i", account_learned,
         "bytes as in images that were learned from (--known), and of known bases (--base)"               },
	{"programs",  "i", account_programs,  "files with an execute bit, or ELF"                         },
	{"signed",    "i", account_signed,
         "bytes as in signed repositories (--known), and of admitted bases (--base)"                      },
	{"steps",     "i", account_steps,     "bytes that no package owns and a step of the history names"},
	END,
};
static const struct cel_object account = {"image.accountability", account_fields};

TEXT(image_config_digest, struct report_image, config_digest)
TEXT(image_digest, struct report_image, digest)
TEXT(image_platform, struct report_image, platform)
TEXT(image_reference, struct report_image, reference)
PART(image_account, struct report_image, account)
PART(image_config, struct report_image, config)
PART(image_user, struct report_image, user)
GET(image_layers, struct report_image,
    objects_of(r, &layer, x->layers, x->n_layers, sizeof *x->layers))
static const struct cel_field image_fields[] = {
	{"accountability", "{image.accountability}", image_account,
         "what explains its programs; members are errors where it was not judged"                      },
	{"config",         "{image.config}",         image_config,        "what the image is to run as"},
	{"config_digest",  "s",                      image_config_digest, "digest of the config"       },
	{"digest",         "s",                      image_digest,        "digest of the manifest"     },
	{"layers",         "L{layer}",               image_layers,        "layers, the lowest first"   },
	{"platform",       "s",                      image_platform,      "linux/amd64"                },
	{"reference",      "s",                      image_reference,     "what was scanned"           },
	{"user",           "{image.user}",           image_user,          "the user it runs as"        },
	END,
};
static const struct cel_object image = {"image", image_fields};

/* ---- os, lineage, packages, coverage ---- */

static struct cel_value has_ended(struct cel_run *r, const struct report_os *os)
{
	int64_t end;
	if (!clock_parse(os->eol, &end))
		return cel_error(r, "the end of support is not known");
	return cel_bool(((const struct policy_host *)r->host)->now_s > clock_day_end(end));
}

TEXT(os_eol, struct report_os, eol)
TEXT(os_id, struct report_os, id)
TEXT(os_name, struct report_os, name)
TEXT(os_version, struct report_os, version)
GET(os_ended, struct report_os, has_ended(r, x))
static const struct cel_field os_fields[] = {
	{"ended",   "b", os_ended,   "whether its support has ended; not always known"},
	{"eol",     "s", os_eol,     "last day of support; \"\": not known"           },
	{"id",      "s", os_id,      "debian, alpine, ...; \"\": not known"           },
	{"name",    "s", os_name,    "name in full"                                   },
	{"version", "s", os_version, "release"                                        },
	END,
};
static const struct cel_object os = {"os", os_fields};

WORD(lineage_by, struct lineage, x->by ? x->by : "")
TEXT(lineage_digest, struct lineage, digest)
GET(lineage_layers, struct lineage, cel_int(x->layers))
TEXT(lineage_reference, struct lineage, reference)
WORD(lineage_admitted, struct lineage, x->admitted ? x->admitted : "")
TEXT(lineage_signer, struct lineage, signer)
static const struct cel_field lineage_fields[] = {
	{"admitted",  "s", lineage_admitted,
         "what proves which image it is: signature, digest; \"\": nothing"                            },
	{"by",        "s", lineage_by,        "how it is known: label, provenance, layers, dockerfile"},
	{"digest",    "s", lineage_digest,    "digest of the base image"                              },
	{"layers",    "i", lineage_layers,    "how many layers are its"                               },
	{"reference", "s", lineage_reference, "name of the base image; scratch at the end"            },
	{"signer",    "s", lineage_signer,    "id of the key that has signed the base; \"\": none"    },
	END,
};
static const struct cel_object base = {"base", lineage_fields};

TEXT(source_name, struct package, source_name)
TEXT(source_version, struct package, source_version)
static const struct cel_field source_fields[] = {
	{"name",    "s", source_name,    "source package"},
	{"version", "s", source_version, "its version"   },
	END,
};
static const struct cel_object source = {"package.source", source_fields};

static struct cel_value origin_of(const struct cel_run *r, const struct package *p)
{
	const struct report *report = ((const struct policy_host *)r->host)->report;
	bool has_layer = p->layer >= 0 && (size_t)p->layer < report->image.n_layers;
	const char *word = has_layer ? report->image.layers[p->layer].origin : NULL;
	return cel_string(bytes_str(word ? word : "unknown"));
}

TEXT(package_arch, struct package, arch)
NUMBER(package_layer, struct package, cel_int(x->layer), x->layer >= 0, "the layer")
GET(package_licenses, struct package, texts_of(r, &x->licenses))
TEXT(package_maintainer, struct package, maintainer)
TEXT(package_module, struct package, module)
TEXT(package_name, struct package, name)
GET(package_origin, struct package, origin_of(r, x))
GET(package_paths, struct package, texts_of(r, &x->paths))
TEXT(package_purl, struct package, purl)
TEXT(package_repository, struct package, repository)
PART(package_source, struct package, source)
GET(package_third_party, struct package, cel_bool(x->is_third_party))
TEXT(package_type, struct package, type)
TEXT(package_vendor, struct package, vendor)
TEXT(package_version, struct package, version)
static const struct cel_field package_fields[] = {
	{"arch",        "s",                package_arch,        "architecture"                       },
	{"layer",       "i",                package_layer,       "number of the layer that brought it"},
	{"licenses",    "Ls",               package_licenses,    "licences"                           },
	{"maintainer",  "s",                package_maintainer,  "who keeps it"                       },
	{"module",      "s",                package_module,      "module stream"                      },
	{"name",        "s",                package_name,        "name"                               },
	{"origin",      "s",                package_origin,      "base, app, unknown: of its layer"   },
	{"paths",       "Ls",               package_paths,       "files that say it is installed"     },
	{"purl",        "s",                package_purl,        "package URL"                        },
	{"repository",  "s",                package_repository,  "where it came from"                 },
	{"source",      "{package.source}", package_source,      "source package"                     },
	{"third_party", "b",                package_third_party, "not from the distribution"          },
	{"type",        "s",                package_type,        "deb, rpm, apk, npm, ..."            },
	{"vendor",      "s",                package_vendor,      "publisher"                          },
	{"version",     "s",                package_version,     "version"                            },
	END,
};
static const struct cel_object package = {"package", package_fields};

WORD(coverage_check, struct coverage, check_name(x->check))
WORD(coverage_code, struct coverage, x->code ? x->code : "")
TEXT(coverage_detail, struct coverage, detail)
WORD(coverage_status, struct coverage, coverage_status_name(x->status))
static const struct cel_field coverage_fields[] = {
	{"check",  "s", coverage_check,  "check"                        },
	{"code",   "s", coverage_code,   "stable word for the cause"    },
	{"detail", "s", coverage_detail, "detail"                       },
	{"status", "s", coverage_status, "complete, incomplete, skipped"},
	END,
};
static const struct cel_object coverage = {"coverage", coverage_fields};

/* ---- evidence ---- */

static struct cel_value created_of(struct cel_run *r, const struct report_evidence *x, bool is_age)
{
	struct cel_value v = {.kind = is_age ? CEL_DURATION : CEL_TIMESTAMP};
	int64_t now = ((const struct policy_host *)r->host)->now_s;
	if (!x->created_s)
		return cel_error(r, "when the evidence was made is not known");
	/* made tomorrow is as bad as not known */
	if (is_age && x->created_s > now + 300)
		return cel_error(r, "the evidence was made in the future");
	if (is_age && __builtin_mul_overflow(now - x->created_s, INT64_C(1000000000), &v.i))
		v.i = INT64_MAX;
	if (!is_age)
		v.time.s = x->created_s;
	return v;
}

/* Of a file in the image it is not said: that may have been made for another one. */
static struct bytes signer_of(const struct report_evidence *x)
{
	return x->found && !x->digest.n ? (struct bytes){NULL, 0} : x->signer;
}

GET(evidence_age, struct report_evidence, created_of(r, x, true))
GET(evidence_created, struct report_evidence, created_of(r, x, false))
WORD(evidence_about, struct report_evidence, x->about ? x->about : "")
TEXT(evidence_commit, struct report_evidence, commit)
TEXT(evidence_digest, struct report_evidence, digest)
WORD(evidence_found, struct report_evidence, x->found ? x->found : "")
WORD(evidence_kind, struct report_evidence, x->found ? paper_name(x->kind) : "")
TEXT(evidence_phase, struct report_evidence, phase)
TEXT(evidence_result, struct report_evidence, result)
GET(evidence_signatures, struct report_evidence, cel_int((int64_t)x->signatures))
GET(evidence_signer, struct report_evidence, cel_string(signer_of(x)))
TEXT(evidence_tool, struct report_evidence, tool)
TEXT(evidence_tool_version, struct report_evidence, tool_version)
TEXT(evidence_type, struct report_evidence, type)
static const struct cel_field evidence_fields[] = {
	{"about",        "s", evidence_about,        "of an import: image, commit, other, unknown"           },
	{"age",          "W", evidence_age,          "how long ago it was made"                              },
	{"commit",       "s", evidence_commit,       "the commit it speaks of"                               },
	{"created",      "t", evidence_created,      "when it was made"                                      },
	{"digest",       "s", evidence_digest,       "the image it speaks of"                                },
	{"found",        "s", evidence_found,
         "index, referrer, tag, file: it came with the image; \"\": handed over"                             },
	{"kind",         "s", evidence_kind,         "sbom, attestation, signature, other; \"\": handed over"},
	{"phase",        "s", evidence_phase,        "lint, build, inspect, test, observe, approve"          },
	{"result",       "s", evidence_result,       "passed, failed, warned; \"\": it does not say"         },
	{"signatures",   "i", evidence_signatures,   "how many it has, verified or not"                      },
	{"signer",       "s", evidence_signer,       "whose signature was verified; \"\": nobody's"          },
	{"tool",         "s", evidence_tool,         "what made it"                                          },
	{"tool_version", "s", evidence_tool_version, "its version"                                           },
	{"type",         "s", evidence_type,         "type of the predicate"                                 },
	END,
};
static const struct cel_object evidence = {"evidence", evidence_fields};

/* ---- variables ---- */

/* A list that is kept for all rules: its memory is that of the run's kept values. */
static struct cel_value kept(struct cel_run *r, const struct cel_object *type, const void *p,
                             size_t n, size_t size)
{
	struct cel_value *v = arena_alloc(r->keep, (n + 1) * sizeof *v);
	struct cel_list *l = arena_alloc(r->keep, sizeof *l);
	for (size_t i = 0; i < n; i++)
		v[i] = object_of(type, (const uint8_t *)p + i * size);
	*l = (struct cel_list){.n = n, .depth = 1, .v = v};
	return (struct cel_value){.kind = CEL_LIST, .list = l};
}

#define VAR(name, value)                                                                           \
	static void name(struct cel_run *r, const struct cel_value *of, struct cel_value *ret)     \
	{                                                                                          \
		const struct policy_host *h = r->host;                                             \
		(void)of;                                                                          \
		(void)h;                                                                           \
		*ret = (value);                                                                    \
	}
#define LIST(object, list, n)                                                                      \
	kept(r, &object, h->report->list, h->report->n, sizeof *h->report->list)
VAR(get_class, cel_string(h->class))
VAR(get_coverage, LIST(coverage, coverage, n_coverage))
VAR(get_environment, cel_string(h->scope->environment))
VAR(get_evidence, LIST(evidence, evidence, n_evidence))
VAR(get_findings, LIST(finding, findings, n_findings))
VAR(get_image, object_of(&image, &h->report->image))
VAR(get_lineage, LIST(base, lineage, n_lineage))
VAR(get_namespace, cel_string(h->scope->namespace))
VAR(get_os, object_of(&os, &h->report->os))
VAR(get_packages, LIST(package, packages, n_packages))
VAR(get_repository, cel_string(h->repository))
VAR(get_values, h->values)

static void get_now(struct cel_run *r, const struct cel_value *of, struct cel_value *ret)
{
	(void)of;
	ret->kind = CEL_TIMESTAMP;
	ret->time.s = ((const struct policy_host *)r->host)->now_s;
	ret->time.ns = 0;
}

static const struct cel_var vars[] = {
	[POLICY_FINDING] = {"finding",     "{finding}",   NULL,            "the finding that is asked about"                    },
	{"class",       "s",           get_class,       "the class of container that the policy puts it into"},
	{"coverage",    "L{coverage}", get_coverage,    "what was looked at and what was not"                },
	{"environment", "s",           get_environment, "where it is to run, as --environment says"          },
	{"evidence",    "L{evidence}", get_evidence,    "what others say of the image"                       },
	{"findings",    "L{finding}",  get_findings,    "all findings, waived ones too"                      },
	{"image",       "{image}",     get_image,       "the image"                                          },
	{"lineage",     "L{base}",     get_lineage,     "what it was built on, the nearest first"            },
	{"namespace",   "s",           get_namespace,   "as --namespace says"                                },
	{"now",         "t",           get_now,         "the time of the decision"                           },
	{"os",          "{os}",        get_os,          "the distribution"                                   },
	{"packages",    "L{package}",  get_packages,    "all packages"                                       },
	{"repository",  "s",           get_repository,  "the image's name without tag"                       },
	{"values",      "MsLs",        get_values,      "lists of the policy"                                },
	{NULL,          NULL,          NULL,            NULL						 },
};
static const struct cel_object *const objects[] = {
	&finding, &location, &cvss,   &waived,  &user,     &layer,    &config,  &image,
	&os,      &base,     &source, &package, &coverage, &evidence, &account, NULL,
};
const struct cel_env policy_env = {.vars = vars, .objects = objects};

struct cel_value policy_finding_value(const struct finding *f) { return object_of(&finding, f); }

void policy_host_init(struct policy_host *h, const struct report *r, const struct policy_scope *s)
{
	*h = (struct policy_host){.report = r, .scope = s, .now_s = s->now_s};
	for (int i = 0; i < CHECK__MAX; i++)
		h->checks[i] = cel_string(bytes_str(check_name((enum check)i)));
	for (int i = 0; i < SEV__MAX; i++)
		h->severities[i] = cel_string(bytes_str(severity_name((enum severity)i)));
}
