/* SPDX-License-Identifier: Apache-2.0 */
/* inspect_rpm.c - the facts that the inspector of rpm databases states. */
#include "inspect/inspect.h"

#include "lib/ndbmake.h"
#include "lib/sqlmake.h"
#include "test.h"

extern const struct inspector inspector_rpm, inspector_rpm_manifest;

#define DB       "var/lib/rpm/rpmdb.sqlite"
#define WAL      DB "-wal"
#define MANIFEST "var/lib/rpmmanifest/container-manifest-2"
#define NDB      "var/lib/rpm/Packages.db"
#define SHA256   "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

static void text_or_dash(struct buf *to, struct bytes b)
{
	buf_addc(to, ' ');
	buf_add(to, b.n ? b : B("-"));
}

static void add_package(struct bytes cbor, struct buf *to)
{
	struct fact_package f;
	if (!fact_decode_package(cbor, &f))
		return;
	const struct bytes all[] = {f.head.path, f.type,        f.name,           f.version,
	                            f.arch,      f.source_name, f.source_version, f.license,
	                            f.vendor,    f.maintainer,  f.module};
	buf_adds(to, "package");
	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		text_or_dash(to, all[i]);
	buf_addf(to, " %lld\n", (long long)f.build_time_s);
}

static void add_owned(struct bytes cbor, struct buf *to)
{
	struct fact_owned f;
	char hex[129] = "";
	if (!fact_decode_owned(cbor, &f))
		return;
	hex_encode(f.digest.p, MIN_OF(f.digest.n, 64U), hex);
	buf_adds(to, "owned");
	text_or_dash(to, f.head.path);
	text_or_dash(to, f.package);
	text_or_dash(to, f.file);
	text_or_dash(to, bytes_str(hex));
	buf_addf(to, " %llx %llo\n", (unsigned long long)f.flags, (unsigned long long)f.mode);
}

static void add_rest(enum fact_kind kind, struct bytes cbor, struct buf *to)
{
	struct fact_note note;
	struct fact_carry carry;
	if (kind == FACT_NOTE && fact_decode_note(cbor, &note))
		buf_addf(to, "note %.*s %.*s\n", BYTES_FMT(note.code), BYTES_FMT(note.text));
	if (kind == FACT_CARRY && fact_decode_carry(cbor, &carry))
		buf_addf(to, "carry %.*s %zu\n", BYTES_FMT(carry.head.path), carry.content.n);
}

static void text_of(const struct inspector *i, const struct inspect_file *files, size_t n,
                    struct buf *ret)
{
	struct factset *fs = factset_new();
	struct err e = {.kind = ERR_NONE};
	buf_init(ret, 1 << 20);
	if (inspect_once(i, files, n, fs, &e) < 0)
		buf_addf(ret, "error %s\n", e.msg);
	factset_seal(fs, &(struct factset_meta){.size = 0});
	static const enum fact_kind kinds[] = {FACT_PACKAGE, FACT_OWNED, FACT_NOTE, FACT_CARRY};
	for (size_t k = 0; k < ARRAY_LEN(kinds); k++) {
		struct fact_iter it = fact_iter(fs, kinds[k]);
		for (struct bytes cbor; fact_next(&it, &cbor);) {
			if (kinds[k] == FACT_PACKAGE)
				add_package(cbor, ret);
			else if (kinds[k] == FACT_OWNED)
				add_owned(cbor, ret);
			else
				add_rest(kinds[k], cbor, ret);
		}
	}
	factset_free(fs);
}

static void group_text(const struct inspect_file *files, size_t n, struct buf *ret)
{
	text_of(&inspector_rpm, files, n, ret);
}

static struct inspect_file file_of(const char *path, struct bytes content)
{
	return (struct inspect_file){
		.en = {.path = bytes_str(path), .type = ENTRY_FILE, .size = content.n},
		.content = content
        };
}

/* A module's package with six files: kept, configuration, ghost, not installed, folder, and one
 * that leaves the root. */
static void make_full(struct buf *ret)
{
	static const uint8_t modes[] = {0x81, 0xed, 0x81, 0xa4, 0x81, 0x80,
	                                0x81, 0xa4, 0x41, 0xed, 0x81, 0xa4};
	static const uint8_t flags[] = {0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0x40,
	                                0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0};
	static const uint8_t dirs[] = {0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1,
	                               0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 2};
	struct mkhdr m;
	mkhdr_init(&m);
	mkhdr_text(&m, 1000, "nodejs");
	mkhdr_text(&m, 1001, "16.14.0");
	mkhdr_text(&m, 1002, "4.module_el8");
	mkhdr_num(&m, 1003, 1);
	mkhdr_num(&m, 1006, 1600000000);
	mkhdr_text(&m, 1011, "AlmaLinux");
	mkhdr_text(&m, 1014, "MIT");
	mkhdr_text(&m, 1015, "Packager");
	mkhdr_text(&m, 1022, "x86_64");
	mkhdr_text(&m, 1044, "nodejs-16.14.0-4.module_el8.src.rpm");
	mkhdr_text(&m, 5096, "nodejs:16:8060020220523:ad008a3a");
	mkhdr_add(&m, 1029, MK_CHAR, bytes_of("\0\0\0\2\0\0", 6), 6);
	mkhdr_add(&m, 1030, MK_INT16, bytes_of(modes, 12), 6);
	mkhdr_add(&m, 1035, MK_ARRAY, bytes_of(SHA256 "\0" SHA256 "\0\0\0\0x", 135), 6);
	mkhdr_add(&m, 1037, MK_INT32, bytes_of(flags, 24), 6);
	mkhdr_add(&m, 1116, MK_INT32, bytes_of(dirs, 24), 6);
	mkhdr_add(&m, 1117, MK_ARRAY, bytes_of("node\0npmrc\0log\0doc\0d\0evil", 26), 6);
	mkhdr_add(&m, 1118, MK_ARRAY, bytes_of("/usr/bin/\0/etc/\0/../../", 24), 3);
	mkhdr_num(&m, 5011, 8);
	mkhdr_end(&m, ret);
}

static const char full_facts[] =
	"package " DB " rpm nodejs 1:16.14.0-4.module_el8 x86_64 nodejs 1:16.14.0-4.module_el8 MIT "
	"AlmaLinux Packager nodejs:16:8060020220523:ad008a3a 1600000000\n"
	"owned " DB " nodejs usr/bin/node " SHA256 " 0 755\n"
	"owned " DB " nodejs etc/npmrc " SHA256 " 1 644\n"
	"owned " DB " nodejs etc/log - 2 600\n"
	"owned " DB " nodejs etc/d - 4 755\n"
	"note owned.broken path of a package: path climbs out by \"..\"\n";

static void expect(const char *name, const struct buf *got, const char *want)
{
	if (!test_case(bytes_eq(buf_bytes(got), bytes_str(want)), "%s", name))
		printf("# got: %.*s\n", BYTES_FMT(buf_bytes(got)));
}

static void test_full(void)
{
	AUTO_BUF struct buf h, db, got = {0};
	buf_init(&h, 1 << 16);
	make_full(&h);
	buf_init(&db, 1 << 16);
	mksql_start(&db, 2);
	mksql_page(&db, SQL_LEAF);
	mksql_blob(&db, 2, 1, buf_bytes(&h));
	const struct inspect_file file = file_of(DB, buf_bytes(&db));
	group_text(&file, 1, &got);
	expect("a package of a module with its files", &got, full_facts);
}

/* A source of its own version, a key, a broken header, an explicit epoch 0. */
static void test_shapes(void)
{
	AUTO_BUF struct buf b, key, bad, zero, got = {0};
	struct mkhdr m;
	buf_init(&key, 1 << 12);
	mkhdr_simple(&key, "gpg-pubkey", 0);
	buf_init(&bad, 1 << 12);
	mkhdr_simple(&bad, "bad", 0);
	poke_be(&bad, 0, 5000, 4);
	buf_init(&zero, 1 << 12);
	mkhdr_init(&m);
	mkhdr_text(&m, 1000, "libuuid");
	mkhdr_text(&m, 1001, "2.32.1");
	mkhdr_text(&m, 1002, "42.el8_8");
	mkhdr_num(&m, 1003, 0);
	mkhdr_text(&m, 1044, "util-linux-ng-2.32-1.el8.nosrc.rpm");
	mkhdr_end(&m, &zero);
	buf_init(&b, 1 << 16);
	mkndb_start(&b);
	mkndb_add(&b, 1, buf_bytes(&key));
	mkndb_add(&b, 2, buf_bytes(&bad));
	mkndb_add(&b, 3, buf_bytes(&zero));
	const struct inspect_file file = file_of(NDB, buf_bytes(&b));
	group_text(&file, 1, &got);
	expect("a key is no package, a broken header hides no other", &got,
	       "package " NDB
	       " rpm libuuid 0:2.32.1-42.el8_8 - util-linux-ng 2.32-1.el8 - - - - 0\n"
	       "note db.broken rpm database: rpm header: 5000 entries and 17 bytes of data do not "
	       "make 89 bytes\n");
}

/* Database and log beside each other, and the log alone. */
static void test_log(void)
{
	AUTO_BUF struct buf h, db, newer, wal, both = {0}, alone = {0}, old = {0};
	struct mkwal w;
	buf_init(&h, 1 << 12);
	mkhdr_simple(&h, "late", 0);
	buf_init(&db, 1 << 16);
	mksql_start(&db, 2);
	mksql_page(&db, SQL_LEAF);
	buf_init(&newer, 1 << 16);
	buf_add(&newer, buf_bytes(&db));
	mksql_blob(&newer, 2, 1, buf_bytes(&h));
	buf_init(&wal, 1 << 16);
	mkwal_start(&w, &wal, SQL_PAGE, true);
	mkwal_frame(&w, 2, 2, newer.p + sql_at(2));
	const struct inspect_file files[] = {file_of(DB, buf_bytes(&db)),
	                                     file_of(WAL, buf_bytes(&wal))};
	group_text(files, 2, &both);
	expect("rows in the log count", &both,
	       "package " DB " rpm late 1.0-1 noarch - - - - - - 0\ncarry " WAL " 568\n");
	group_text(files + 1, 1, &alone);
	expect("a log alone is carried", &alone, "carry " WAL " 568\n");
	group_text(files, 1, &old);
	expect("the database without its log", &old, "");
}

static void test_broken(void)
{
	AUTO_BUF struct buf empty = {0}, two = {0}, journal = {0};
	const struct inspect_file none = file_of(DB, B(""));
	group_text(&none, 1, &empty);
	expect("an empty database", &empty,
	       "note db.broken rpm database: not an rpm database (0 bytes)\n");
	const struct inspect_file files[] = {file_of("var/lib/rpm/Packages", B("invalid")),
	                                     file_of(DB, B("SQLite format 3"))};
	group_text(files, 2, &two);
	expect("two broken databases", &two,
	       "note db.broken rpm database: not an rpm database (15 bytes)\n"
	       "note db.broken rpm database: not an rpm database (7 bytes)\n");
	const struct inspect_file hot = file_of(DB "-journal", B("\xd9\xd5\x05\xf9"));
	group_text(&hot, 1, &journal);
	expect("a journal that was left", &journal,
	       "note db.broken rpmdb.sqlite-journal: a change was cut off midway\n");
}

static void test_manifest(void)
{
	AUTO_BUF struct buf got = {0};
	const struct inspect_file file = file_of(
		MANIFEST, B("bash\t5.1.8-1.cm2\t1650000000\t1640000000\tMicrosoft "
	                    "Corporation\t(none)\t9\tx86_64"
	                    "\t0\tbash-5.1.8-1.cm2.src.rpm\n"
	                    "one\t1-1\t1\t2\t(none)\t(none)\t9\tnoarch\t3\tone-1-1.src.rpm\n"
	                    "nine\t1-1\t1\t2\t(none)\t(none)\t9\tnoarch\t3\n"
	                    "eleven\t1-1\t1\t2\t(none)\t(none)\t9\tnoarch\t3\tx\ty\n"
	                    "\n"
	                    "last\t1-2\t\t\t\t\t\t\t\tother-7-8.src.rpm"));
	text_of(&inspector_rpm_manifest, &file, 1, &got);
	expect("a list in place of a database", &got,
	       "package " MANIFEST " rpm bash 5.1.8-1.cm2 x86_64 bash 5.1.8-1.cm2 - Microsoft "
	       "Corporation - - 1640000000\n"
	       "package " MANIFEST " rpm one 3:1-1 noarch one 3:1-1 - - - - 2\n"
	       "package " MANIFEST " rpm last 1-2 - other 7-8 - - - - 0\n"
	       "note db.broken package record: line 3: not ten fields with a name and a version\n"
	       "note db.broken package record: line 4: not ten fields with a name and a version\n");
}

int main(void)
{
	test_manifest();
	test_full();
	test_shapes();
	test_log();
	test_broken();
	return TEST_END();
}
