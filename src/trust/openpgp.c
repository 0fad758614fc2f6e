/* SPDX-License-Identifier: Apache-2.0 */
/*
 * openpgp.c - signatures of distributions over their indexes, verified by gpgv.
 *
 * gpgv is what apt itself asks, and Debian has it in every system that has apt.  It is given copies
 * in a folder of our own, so that what it verifies is what we read, and its words on the status
 * line are believed, never its exit status alone.
 *
 * Sources: GnuPG's doc/DETAILS, "Format of the --status-fd output"; RFC 4880 6.2 (armour), 9.4
 * (numbers of digests).
 */
#include "trust/trust.h"

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	DIGEST_RIPEMD = 3, /* this and those before it (MD5, SHA-1) prove nothing */
	FIELD_DIGEST = 7,  /* of VALIDSIG, behind the fingerprint */
};

/* ---- keys ---- */

bool openpgp_is_key(struct bytes key)
{
	return bytes_starts(key, B("-----BEGIN PGP PUBLIC KEY BLOCK-----")) ||
	       (key.n > 2 && (key.p[0] == 0x98 || key.p[0] == 0x99 || key.p[0] == 0xc6)) ||
	       bytes_eq(bytes_slice(key, 8, 12), B("KBXf"));
}

/* The text between the headers of an armoured block and its checksum, without line ends. */
static bool unarmour(struct bytes key, struct buf *ring)
{
	AUTO_BUF struct buf text;
	struct bytes line;
	bool is_body = false;
	buf_init(&text, key.n + 1);
	bytes_line(&key, &line);
	while (bytes_line(&key, &line)) {
		line = bytes_trim(line);
		if (bytes_starts(line, B("-----")))
			break;
		if (!is_body)
			is_body = line.n == 0;
		else if (line.n && line.p[0] != '=')
			buf_add(&text, line);
	}
	return text.n && base64_decode(buf_bytes(&text), ring);
}

int openpgp_ring_add(struct buf *ring, struct bytes key, const char *name, struct err *e)
{
	if (!openpgp_is_key(key))
		return err_set(e, ERR_FORMAT, "%s: no OpenPGP key", name);
	if (bytes_eq(bytes_slice(key, 8, 12), B("KBXf")))
		return err_set(e, ERR_UNSUPPORTED,
		               "%s: a keybox of GnuPG; write its keys with gpg --export", name);
	if (key.p[0] != '-' && buf_add(ring, key) < 0)
		return err_set(e, ERR_LIMIT, "%s: keys exceed %zu bytes", name, ring->max);
	if (key.p[0] == '-' && !unarmour(key, ring))
		return err_set(e, ERR_FORMAT, "%s: the armour of this key is broken", name);
	return 0;
}

/* ---- asking ---- */

static const char *program(void)
{
	static const char *const places[] = {"/usr/bin/gpgv", "/usr/local/bin/gpgv", "/bin/gpgv"};
	for (size_t i = 0; i < ARRAY_LEN(places); i++) {
		if (access(places[i], X_OK) == 0)
			return places[i];
	}
	return NULL;
}

/* What was said of the signatures. */
struct said {
	bool is_good;  /* the last one is by a key that is good now */
	bool is_valid; /* one was good, and over a digest that proves something */
	bool is_weak;
	char bad[80]; /* the first fault */
};

static void hear_valid(struct said *s, struct bytes rest, char ret_signer[OPENPGP_ID_MAX])
{
	struct bytes print, word, digest = {NULL, 0};
	uint64_t algo;
	if (!s->is_good || !bytes_word(&rest, &print) || print.n >= OPENPGP_ID_MAX)
		return;
	for (int i = 1; i <= FIELD_DIGEST && bytes_word(&rest, &word); i++)
		digest = i == FIELD_DIGEST ? word : (struct bytes){NULL, 0};
	if (!bytes_u64(digest, 255, &algo) || algo <= DIGEST_RIPEMD) {
		s->is_weak = true;
		return;
	}
	if (!s->is_valid)
		snprintf(ret_signer, OPENPGP_ID_MAX, "%.*s", BYTES_FMT(print));
	s->is_valid = true;
}

static void hear(struct said *s, struct bytes line, char ret_signer[OPENPGP_ID_MAX])
{
	static const char *const faults[] = {"BADSIG",    "ERRSIG",    "EXPSIG",
	                                     "EXPKEYSIG", "REVKEYSIG", "NODATA"};
	struct bytes word, rest = line;
	if (!bytes_word(&rest, &word) || !bytes_eq(word, B("[GNUPG:]")) ||
	    !bytes_word(&rest, &word))
		return;
	if (bytes_eq(word, B("NEWSIG")))
		s->is_good = false;
	else if (bytes_eq(word, B("GOODSIG")))
		s->is_good = true;
	else if (bytes_eq(word, B("VALIDSIG")))
		hear_valid(s, rest, ret_signer);
	for (size_t i = 0; i < ARRAY_LEN(faults) && !s->bad[0]; i++) {
		if (bytes_eq(word, bytes_str(faults[i])))
			snprintf(s->bad, sizeof s->bad, "%.*s",
			         BYTES_FMT(bytes_skip(line, sizeof "[GNUPG:] " - 1)));
	}
}

/* An unknown key beside a good one is no fault: distributions sign with the old and the new. */
static int conclude(const struct said *s, struct err *e)
{
	if (bytes_starts(bytes_str(s->bad), B("BADSIG")))
		return err_set(e, ERR_DIGEST, "the signature is not of this text (%s)", s->bad);
	if (s->is_valid)
		return 0;
	if (s->is_weak)
		return err_set(e, ERR_DIGEST, "it is signed over MD5, SHA-1 or RIPEMD-160 only");
	return err_set(e, ERR_NOTFOUND, "none of the keys given has signed it%s%s%s",
	               s->bad[0] ? " (gpgv says " : "", s->bad, s->bad[0] ? ")" : "");
}

static int ask(const char *const argv[], struct said *s, char ret_signer[OPENPGP_ID_MAX],
               struct err *e)
{
	AUTO_BUF struct buf words = {.p = NULL};
	struct proc p;
	struct bytes line;
	int status;
	if (proc_spawn(argv, NULL, PROC_OUT, &p, e) < 0)
		return -1;
	if (fd_read_all(p.out, "gpgv", OPENPGP_STATUS_MAX, &words, e) < 0) {
		proc_kill(&p);
		return -1;
	}
	if (proc_wait(&p, &status, e) < 0)
		return -1;
	if (!WIFEXITED(status))
		return err_set(e, ERR_IO, "gpgv did not end by itself");
	for (struct bytes rest = buf_bytes(&words); bytes_line(&rest, &line);)
		hear(s, line, ret_signer);
	return conclude(s, e);
}

/* ---- a folder of copies ---- */

enum { FILE_RING, FILE_DATA, FILE_SIGNATURE, FILE_TEXT, FILE__MAX };
static const char *const names[] = {
	[FILE_RING] = "ring.gpg",
	[FILE_DATA] = "data",
	[FILE_SIGNATURE] = "data.sig",
	[FILE_TEXT] = "text",
};
_Static_assert(ARRAY_LEN(names) == FILE__MAX, "a name for each");

static int put_copies(const struct openpgp_question *q, const char *const paths[], struct err *e)
{
	if (file_write(paths[FILE_RING], q->ring, 0600, e) < 0 ||
	    file_write(paths[FILE_DATA], q->data, 0600, e) < 0)
		return -1;
	return q->signature.p ? file_write(paths[FILE_SIGNATURE], q->signature, 0600, e) : 0;
}

static int verify_in(const struct openpgp_question *q, const char *folder,
                     const char *const paths[], char ret_signer[OPENPGP_ID_MAX], struct err *e)
{
	struct said s = {.is_good = false};
	const char *gpgv = program();
	const char *const detached[] = {gpgv,
	                                "--status-fd",
	                                "1",
	                                "--homedir",
	                                folder,
	                                "--keyring",
	                                paths[FILE_RING],
	                                paths[FILE_SIGNATURE],
	                                paths[FILE_DATA],
	                                NULL};
	const char *const clear[] = {
		gpgv,        "--status-fd",    "1",        "--homedir",      folder,
		"--keyring", paths[FILE_RING], "--output", paths[FILE_TEXT], paths[FILE_DATA],
		NULL};
	if (!gpgv)
		return err_set(e, ERR_NOTFOUND,
		               "signatures are verified by gpgv, which is not here");
	if (put_copies(q, paths, e) < 0)
		return -1;
	return ask(q->signature.p ? detached : clear, &s, ret_signer, e);
}

int openpgp_verify(const struct openpgp_question *q, struct buf *ret_text,
                   char ret_signer[OPENPGP_ID_MAX], struct err *e)
{
	AUTO_ARENA struct arena *a = arena_new();
	AUTO_BUF struct buf text = {.p = NULL};
	AUTO_FREE char *folder = mem_strdup(arena_printf(a, "%s/assay-XXXXXX", dir_temp()));
	const char *paths[FILE__MAX];
	if (!q->ring.n)
		return err_set(e, ERR_USAGE, "no OpenPGP key is given");
	if (!mkdtemp(folder))
		return err_set(e, ERR_IO, "a folder in %s: %m", dir_temp());
	for (size_t i = 0; i < FILE__MAX; i++)
		paths[i] = arena_printf(a, "%s/%s", folder, names[i]);
	int rc = verify_in(q, folder, paths, ret_signer, e);
	if (rc == 0 && !q->signature.p) {
		rc = file_read(paths[FILE_TEXT], ret_text->max, &text, e);
		if (rc == 0)
			buf_add(ret_text, buf_bytes(&text));
	}
	for (size_t i = 0; i < FILE__MAX; i++)
		unlink(paths[i]);
	rmdir(folder);
	return rc;
}
