/* SPDX-License-Identifier: Apache-2.0 */
/*
 * limits.h - every bound that assay keeps: name, value, unit, why.
 *
 * One X-macro row per bound, so that the reference in docs/ and the tests at each bound and one
 * past it come from the same table.  A size is in bytes unless its row says otherwise.  Rows are
 * sorted by room, then by name.  Each is a constant expression, of type int where it fits.
 *
 *   LIMIT(NAME, value, "unit", "why it is there and why it is that large")
 */
#ifndef BASE_LIMITS_H
#define BASE_LIMITS_H

#include <stdint.h>

#define KIB(n) (INT64_C(n) << 10)
#define MIB(n) (INT64_C(n) << 20)
#define GIB(n) (INT64_C(n) << 30)

/* clang-format off */
#define LIMITS(LIMIT) \
	/* base: documents in general */ \
	LIMIT(CBOR_DEPTH_MAX, 16, "levels", "our own facts nest four deep; a worker may lie") \
	LIMIT(JSON_DEPTH_MAX, 64, "levels", "no image document nests deeper than ten; stops 100,000-deep JSON") \
	LIMIT(JSON_DOC_MAX, MIB(64), "bytes", "a small hostile document held as a tree; big feeds are streamed") \
	LIMIT(JSON_NUMBER_MAX, 1024, "bytes", "a number that is no whole one; 17 digits say all that a double holds") \
	LIMIT(JSON_VALUES_MAX, 4000000, "values", "a value costs up to 250 bytes as a tree: 3 bytes of text must not cost 80 times that") \
	LIMIT(JWS_CERTIFICATES_MAX, 8, "certificates", "of one signature; real chains have two to four") \
	LIMIT(JWS_MAX, KIB(256), "bytes", "a signature with its certificates, as notation writes it; real ones have under 32 KiB") \
	LIMIT(PATH_LEN_MAX, 4096, "bytes", "PATH_MAX of Linux: a longer name cannot exist in a container") \
	LIMIT(YAML_DOC_MAX, MIB(4), "bytes", "configuration, waivers, tests are written by hand") \
	/* fmt: parsers */ \
	LIMIT(APK_LINE_MAX, MIB(1), "bytes", "one line of a record; the longest real one (p: of a big package) is under 64 KiB") \
	LIMIT(BOLT_DEPTH_MAX, 32, "pages", "from the root of a bbolt bucket to a leaf; 2,000 entries a page make four deep") \
	LIMIT(BOLT_WORK_MAX, MIB(64), "bytes", "pages of a bbolt database that are read for one answer; a value costs three") \
	LIMIT(CARGO_LIST_MAX, MIB(8), "bytes", "dependency list of one Rust binary, inflated; what cargo-auditable itself reads at most") \
	LIMIT(CEL_DEPTH_MAX, 200, "levels", "of an expression, its types and its values; people nest under ten, cel-go stops at 250") \
	LIMIT(CEL_NODES_MAX, 20000, "parts", "names, literals, operators and calls of one expression") \
	LIMIT(CEL_TEXT_MAX, KIB(64), "bytes", "one expression; the longest of a real policy is under 1 KiB") \
	LIMIT(CHISEL_LINE_MAX, KIB(64), "bytes", "one line of a manifest of Chisel; a path with ten slices is under 1 KiB") \
	LIMIT(CHISEL_PLAIN_MAX, MIB(32), "bytes", "a manifest of Chisel, unpacked; that of a .NET image has 300 KiB") \
	LIMIT(CHISEL_WINDOW_LOG_MAX, 25, "bits", "of zstd's window for a manifest of Chisel: 32 MiB of memory; Chisel itself takes 8 MiB") \
	LIMIT(CLASS_VALUES_MAX, 20000, "values", "numbers, ports, paths, patterns of all classes of container; a class has under twenty") \
	LIMIT(CLASSES_MAX, 1000, "classes", "of container in one file; an organisation tells ten apart") \
	LIMIT(CONTENT_MANIFEST_MAX, MIB(32), "bytes", "content manifest of a Red Hat image; SBOMs of images, which lie beside it, reach 10 MiB") \
	LIMIT(CONTENT_SET_LEN_MAX, 256, "bytes", "name of a content set; the longest in Red Hat's mapping is under 128") \
	LIMIT(CONTENT_SETS_MAX, 4096, "names", "content sets of one manifest; real ones list under 200") \
	LIMIT(COPYRIGHT_LICENSES_MAX, 256, "licences", "of one Debian copyright file; the most that bookworm has are under 100") \
	LIMIT(COPYRIGHT_MAX, MIB(2), "bytes", "a Debian copyright file; that of LibreOffice has 500 KiB") \
	LIMIT(CPE_LEN_MAX, KIB(2), "bytes", "a CPE name; the longest of NVD are under 300") \
	LIMIT(CST_TESTS_MAX, 10000, "tests", "of one file of structure tests, and as many expectations; people write under 200") \
	LIMIT(CVSS_LEN_MAX, 512, "bytes", "a severity vector; all metrics of 4.0 together are under 200") \
	LIMIT(DPKG_FIELD_MAX, MIB(1), "bytes", "one field of a paragraph; the longest real one (Conffiles) is under 64 KiB") \
	LIMIT(DSSE_ENVELOPE_MAX, MIB(32), "bytes", "a signed statement; one that holds the SBOM of a big image is under 20 MiB") \
	LIMIT(DSSE_SIGNATURES_MAX, 64, "signatures", "of one envelope; real ones have one, a release with many owners ten") \
	LIMIT(ELF_DYNAMIC_MAX, 65536, "entries", "of the dynamic section of one ELF file; the largest real ones have under 200") \
	LIMIT(ELF_FILE_MAX, MIB(256), "bytes", "an ELF file that is read in a second look; the largest real ones (Chromium, libtorch without its kernels) are smaller") \
	LIMIT(ELF_GO_KEPT_MAX, MIB(1), "bytes", "of the start of a Go program, held as it goes by: its build info stands there") \
	LIMIT(ELF_HEAD_KEPT_MAX, MIB(8), "bytes", "of the start of an ELF file, held as it goes by, where code is not apart from what is only read") \
	LIMIT(ELF_INNER_KEPT_MAX, KIB(64), "bytes", "around a section table amid the segments; 1,000 sections take as many") \
	LIMIT(ELF_KEPT_MAX, MIB(16), "bytes", "an ELF file that is held as it goes by; a larger one is read in a second look") \
	LIMIT(ELF_NAMES_KEPT_MAX, MIB(4), "bytes", "before a section table at the end: names of sections, the debug link") \
	LIMIT(ELF_NAMES_MAX, KIB(64), "bytes", "names of the libraries that one ELF file needs; real ones are under 4 KiB") \
	LIMIT(ELF_NOTE_MAX, KIB(64), "bytes", "the package note of an ELF file; real ones are under 1 KiB") \
	LIMIT(ELF_RANGES_MAX, 32, "places", "of one ELF file that are held as it goes by; real ones need under ten; what is not held is asked for in a second look") \
	LIMIT(ELF_SECTIONS_MAX, 65536, "sections", "of one ELF file; programs have under 50, objects of one function a section 20,000") \
	LIMIT(ELF_SEGMENTS_MAX, 1024, "segments", "of one ELF file; linkers make up to 15, core files one for each mapping") \
	LIMIT(ELF_SMALL_KEPT_MAX, MIB(2), "bytes", "a segment that is held whole as the file goes by") \
	LIMIT(ELF_SYMBOL_LEN_MAX, 256, "bytes", "name of a symbol that is looked at; none that is looked for has more than 40") \
	LIMIT(ELF_SYMBOLS_KEPT_MAX, MIB(8), "bytes", "symbols and debug information at the end of a static program; a larger one is read in a second look") \
	LIMIT(ELF_SYMBOLS_MAX, 2000000, "symbols", "of one ELF file that are looked at; libLLVM has 50,000") \
	LIMIT(GIT_HEAD_MAX, 32, "bytes", "kind and size before a loose object of git; the longest that git writes has 27") \
	LIMIT(GO_INFO_MAX, MIB(4), "bytes", "build info of one Go binary; 2,000 modules take 200 KiB") \
	LIMIT(GO_KEPT_MAX, MIB(1), "bytes", "of a Go program, held as it goes by: its head, and texts that a build info before Go 1.18 may point to; a program with more is read in a second look") \
	LIMIT(GO_LINKED_MAX, 60, "bytes", "version that the linker set; a longer one is none") \
	LIMIT(GO_VERSION_MAX, 256, "bytes", "version of Go in a program; real ones, experiments named, are under 64") \
	LIMIT(HASH_COLUMNS_MAX, 64, "columns", "of one line of a list of digests; those of abuse feeds have under 20") \
	LIMIT(HASH_LINE_MAX, KIB(64), "bytes", "one line of a list of digests; those of abuse feeds are under 2 KiB") \
	LIMIT(HASH_NAME_MAX, 256, "bytes", "what a list calls a file; the rest of a longer name is cut") \
	LIMIT(HASHES_MAX, 4000000, "digests", "of malware, all lists together; 36 bytes and a name each; MalwareBazaar has about a million files") \
	LIMIT(KNOWN_FILES_MAX, MIB(64), "bytes", "lists of known files, together; 100 bytes a file, an image has under 100,000") \
	LIMIT(LANG_FIELD_MAX, KIB(4), "bytes", "name, version or licence of a language package; registries refuse names past 214") \
	LIMIT(LANG_LIST_MAX, MIB(32), "bytes", "list of all packages of an application; the largest real ones are under 4 MiB") \
	LIMIT(LANG_MANIFEST_MAX, MIB(8), "bytes", "manifest of one package; with the readme that old npm put in they reach 1 MiB") \
	LIMIT(LICENSE_TEXT_MAX, KIB(256), "bytes", "of a licence file that are looked at; the longest licence (GPL) has 35 KiB, files of many behind one another tell the first ones") \
	LIMIT(LICENSE_TEXTS_MAX, 8, "licences", "whose texts one file holds; files that gather what others bring hold several") \
	LIMIT(LOCK_DEPENDS_MAX, KIB(256), "bytes", "names of what one package of a lock file needs; the largest real ones are under 8 KiB") \
	LIMIT(LOCK_PACKAGES_MAX, 200000, "packages", "of one lock file; the largest real ones have under 10,000") \
	LIMIT(OCI_CONFIG_MAX, MIB(4), "bytes", "what registries refuse above") \
	LIMIT(OCI_HISTORY_MAX, 16384, "entries", "history of a config: a layer each and what made none") \
	LIMIT(OCI_INDEX_DEPTH_MAX, 4, "levels", "index of index of index; real ones have two") \
	LIMIT(OCI_LAYERS_MAX, 1024, "layers", "overlayfs stops at 500, builders at 127") \
	LIMIT(OCI_MANIFEST_MAX, MIB(4), "bytes", "distribution-spec: clients and registries should support at least 4 MiB") \
	LIMIT(OCI_PLATFORMS_MAX, 1024, "manifests", "entries of one index; the largest real ones have under 40") \
	LIMIT(OS_RELEASE_MAX, KIB(64), "bytes", "os-release and what stands in for it; real ones are under 2 KiB") \
	LIMIT(PACMAN_LINE_MAX, KIB(16), "bytes", "one line of pacman's database: a path and a digest, a description") \
	LIMIT(PE_RESOURCES_MAX, 4096, "entries", "of the resources of a Windows file that are looked at; that of its version is among the first") \
	LIMIT(PE_SECTIONS_MAX, 96, "sections", "of a Windows file, whose loader takes no more") \
	LIMIT(PHP_EXTENSION_MAX, MIB(256), "bytes", "a library that may be an extension of PHP; that of gRPC with debug information has 150 MiB") \
	LIMIT(PHP_MODULES_MAX, 16, "places", "of a library that look like the entry of a module of PHP; each costs a look at all relocations") \
	LIMIT(PHP_VALUES_MAX, 200000, "values", "arrays, texts and numbers that one file of PHP holds; a list of 300 packages has 4,000") \
	LIMIT(POM_ROUNDS_MAX, 8, "rounds", "properties of a pom.xml that name properties; real ones take two") \
	LIMIT(PORTAGE_DEPTH_MAX, 16, "levels", "groups within one another in a licence of Portage; real ones have three") \
	LIMIT(PORTAGE_LINE_MAX, KIB(16), "bytes", "one line of Portage's list of files: two paths and a digest") \
	LIMIT(PURL_LEN_MAX, KIB(8), "bytes", "a package URL; real ones are under 512, download_url may be long") \
	LIMIT(PURL_QUALIFIERS_MAX, 16, "qualifiers", "of one package URL; the most that the specification shows is ten") \
	LIMIT(REGEX_PROGRAM_MAX, 10000, "instructions", "of one regular expression; RE2 keeps about as many in its default memory") \
	LIMIT(REGEX_REPEAT_MAX, 1000, "times", "the number in {n,m}: RE2's own bound") \
	LIMIT(REGEX_TEXT_MAX, KIB(16), "bytes", "one regular expression; the longest real ones are under 1 KiB") \
	LIMIT(REGISTRIES_CONF_MAX, MIB(1), "bytes", "one registries.conf; those of large sites are under 64 KiB") \
	LIMIT(REGISTRY_MIRRORS_MAX, 32, "mirrors", "of one registry; each that is down costs its tries") \
	LIMIT(RESULT_BASES_MAX, 8, "bases", "of a path in SARIF, each relative to the next; real ones have one") \
	LIMIT(RESULT_DIGESTS_MAX, 16, "digests", "of the image that another tool names; real ones name two") \
	LIMIT(RESULT_REFS_MAX, 8, "references", "of one result of another tool that are kept: addresses and weaknesses") \
	LIMIT(RESULT_RUNS_MAX, 64, "runs", "of tools, in one document of results; code hosts take 20") \
	LIMIT(RESULT_SETS_MAX, 32, "extensions", "of a tool whose rules made a document of results") \
	LIMIT(RESULT_TEXT_MAX, KIB(8), "bytes", "one text of a result; longer ones are cut; real messages are under 2 KiB") \
	LIMIT(RESULTS_MAX, 100000, "results", "of one document of another tool; code hosts take 25,000") \
	LIMIT(RPM_BROKEN_MAX, 4096, "records", "broken records of one rpm database; after that many it is rubble, and saying so is work too") \
	LIMIT(RPM_DIRS_MAX, 1048576, "directories", "of one rpm package, 4 bytes of index each; the largest real one has under 10,000") \
	LIMIT(RPM_HEADER_MAX, MIB(32), "bytes", "librpm: headers are at most 256 MiB; the largest real one is under 4 MiB") \
	LIMIT(RPM_TAGS_MAX, 65535, "entries", "librpm: index entries of a header, il < 64 Ki") \
	LIMIT(SBOM_MAX, MIB(64), "bytes", "a bill of materials, held as a tree; an image of 5,000 packages needs 10 MiB") \
	LIMIT(SHELL_WORDS_MAX, 64, "words", "of one command of a history that are looked at; the rest is not read") \
	LIMIT(SPDX_LICENSE_DEPTH_MAX, 32, "levels", "parentheses of a licence expression; real ones nest two deep") \
	LIMIT(SPDX_LICENSE_MAX, KIB(16), "bytes", "a licence expression; the longest real ones (texlive, linux-firmware) are under 4 KiB") \
	LIMIT(SQLITE_DEPTH_MAX, 20, "pages", "from the root of a table to a leaf: what SQLite itself keeps (BTCURSOR_MAX_DEPTH)") \
	LIMIT(SQLITE_WAL_FRAMES_MAX, 131072, "frames", "8 bytes of index each; INSPECT_FILE_MAX in pages of 4096, which rpm's databases have") \
	LIMIT(TARSPLIT_LINE_MAX, MIB(8), "bytes", "a line of tar-split holds the headers and padding between two files; PAX_RECORDS_MAX in base64, twice") \
	LIMIT(TOKEN_LEN_MAX, KIB(8), "bytes", "what is looked at of one credential; the longest real ones (JWT of clouds) are under 4 KiB") \
	LIMIT(TOML_DEPTH_MAX, 64, "levels", "parts of a key and levels of a TOML document together; lock files nest five") \
	LIMIT(TOML_VALUES_MAX, 1000000, "values", "of one TOML document; the largest real lock files have under 100,000") \
	LIMIT(VERS_CONSTRAINTS_MAX, 4096, "constraints", "of one range of versions; lists of single versions reach a few hundred") \
	LIMIT(VERS_LEN_MAX, KIB(64), "bytes", "a range of versions as text; real ones are under 4 KiB") \
	LIMIT(VERSION_LEN_MAX, 1024, "bytes", "a version string; the longest real one is under 128") \
	LIMIT(VEX_IDS_MAX, 64, "names", "of one vulnerability in a VEX statement; real ones have under ten") \
	LIMIT(VEX_STATEMENTS_MAX, 1000000, "statements", "products times vulnerabilities of one VEX document; real ones have under 100,000") \
	LIMIT(WORDPRESS_HEAD_MAX, KIB(8), "bytes", "of a file of WordPress that its header is looked for in: as many as WordPress itself reads") \
	LIMIT(XML_DEPTH_MAX, 64, "levels", "elements within elements; OVAL criteria nest under ten, project files under twenty") \
	LIMIT(XML_NODES_MAX, 1000000, "elements", "of one XML document held as a tree, 100 bytes each") \
	LIMIT(YARA_CONDITION_DEPTH_MAX, 64, "levels", "parentheses of a condition that are read for what starts a rule; past them the rule is tried on every file") \
	LIMIT(YARA_COVER_MAX, 1024, "strings", "of one YARA rule that are weighed for what starts it; real ones have under 200") \
	LIMIT(ZIP_MEMBERS_MAX, 1048576, "members", "of one ZIP archive; the largest real jars have under 100,000") \
	/* model: facts of a layer */ \
	LIMIT(ADVISORY_RANGES_MAX, 256, "ranges", "of versions, of one advisory about one package; the largest real ones have under 100") \
	LIMIT(ADVISORY_REFS_MAX, 64, "ids", "other names of one advisory about one package; real ones have under 20") \
	LIMIT(DUPLICATES_MAX, 100000, "pairs", "entries of one layer compared as possible duplicates; real layers have none") \
	LIMIT(FACTSET_HEADER_MAX, 4096, "bytes", "header of a saved fact set: digests and counts") \
	/* walk: archives and layers */ \
	LIMIT(ENTRIES_MAX, 20000000, "entries", "one layer; ten million tiny entries must be refused or bounded (HOSTILE A15)") \
	LIMIT(HOLE_STREAM_MAX, MIB(1), "bytes", "of a hole of a sparse file that are fed to who streams it: zeros cost the sender nothing") \
	LIMIT(INFLATE_FREE_MAX, GIB(4), "bytes", "what compressed bytes may inflate to at any ratio: a disk of zeros is no bomb yet") \
	LIMIT(INFLATE_RATIO_MAX, 100, "times", "past INFLATE_FREE_MAX; real layers stay below 20, zeros reach 230 to 1,030 in gzip and more in zstd (HOSTILE A12)") \
	LIMIT(LAYER_PLAIN_MAX, GIB(64), "bytes", "one layer, inflated; stops bombs that any ratio limit lets pass") \
	LIMIT(LINKS_FOLLOWED_MAX, 40, "links", "symbolic links in a row, as Linux follows them") \
	LIMIT(NOTES_MAX, 1000, "notes", "faults named one by one in a layer; the rest is counted") \
	LIMIT(PATH_DEPTH_MAX, 1024, "components", "PATH_MAX allows 2048; no real tree is deeper than 100") \
	LIMIT(PAX_RECORDS_MAX, MIB(1), "bytes", "extended header of one entry") \
	LIMIT(SPARSE_SEGS_MAX, 65536, "segments", "sparse map of one file: 1 MiB in memory (HOSTILE A11)") \
	LIMIT(XATTRS_MAX, 256, "attributes", "extended attributes of one entry (HOSTILE A16)") \
	LIMIT(ZSTD_WINDOW_LOG_MAX, 27, "log2 bytes", "128 MiB, the largest window that zstd decoders must take (RFC 8878 3.1.1.1.2 says 8 MB at least)") \
	/* inspect: the worker */ \
	LIMIT(ACCOUNT_FINDINGS_MAX, 1000, "findings", "on accounts and passwords; told one by one, a real image has a handful") \
	LIMIT(ACCOUNTS_MAX, 200000, "accounts", "of one passwd or group file; a fact each") \
	LIMIT(ASKED_STEPS_MAX, 4000000000, "steps", "to look for one regular expression in one file, ten seconds; a step is a byte for each place of the expression it may be at") \
	LIMIT(CARGO_NAMES_MAX, KIB(64), "bytes", "names of sections, before the table, among which that of cargo-auditable is looked for") \
	LIMIT(CLAMD_ERRORS_MAX, 16, "files", "of one layer that clamd fails at; then it gets no more of them") \
	LIMIT(CLAMD_REPLY_MAX, 1024, "bytes", "what clamd says of one file; names of signatures are under 128") \
	LIMIT(CLAMD_SECONDS_MAX, 180, "seconds", "for clamd to answer about one file; its own MaxScanTime is 120") \
	LIMIT(DPKG_LIST_MAX, MIB(64), "bytes", "list of files of one package; that of one of 200,000 files is under 20 MiB") \
	LIMIT(FACT_MAX, MIB(16), "bytes", "one record of a worker; the front refuses a longer one") \
	LIMIT(FACTS_MAX, GIB(4), "bytes", "all records of one layer") \
	LIMIT(GO_INFOS_MAX, 16, "records", "build infos of Go of one file; linkers write one") \
	LIMIT(GO_KEPT_PARTS_MAX, 256, "parts", "that those texts lie in; real programs have under 60") \
	LIMIT(INSPECT_FILE_MAX, MIB(512), "bytes", "a whole file that one inspector asked for; rpm databases reach 300 MiB") \
	LIMIT(INSPECT_NOTES_MAX, 256, "notes", "broken records of one file that are named each; the others are counted") \
	LIMIT(JAR_DEPTH_MAX, 16, "levels", "archives within archives; an ear holds wars that hold jars: three") \
	LIMIT(JAR_MANIFEST_MAX, MIB(1), "bytes", "manifest or properties of one jar; a signed jar lists each class with its digest") \
	LIMIT(JAR_NESTED_MAX, MIB(256), "bytes", "all that is inflated of one jar at a time, jars within it included") \
	LIMIT(JAR_WORK_MAX, GIB(2), "bytes", "all that is ever inflated of one jar; stops bombs of many members") \
	LIMIT(JOB_MAX, MIB(64), "bytes", "what a second look is told, carried files (a write-ahead log) included") \
	LIMIT(KERNEL_FILE_MAX, MIB(64), "bytes", "a kernel of Linux or a module of one; compressed kernels are under 20 MiB") \
	LIMIT(KNOWN_FOUND_MAX, 16, "packages", "of one file that are known by what it carries; past them a note says so; real files have up to eight") \
	LIMIT(KNOWN_VERSION_MAX, 40, "bytes", "version that a file carries; the longest real ones are under 20") \
	LIMIT(LDCONF_MAX, MIB(1), "bytes", "a file that names folders of libraries; real ones are under 1 KiB") \
	LIMIT(LICENSE_FILE_MAX, MIB(64), "bytes", "a licence file, of which LICENSE_TEXT_MAX is looked at") \
	LIMIT(MALWARE_COMMANDS_MAX, MIB(1), "bytes", "one file of commands: cron, units, profiles, hooks of packages; real ones are under 64 KiB") \
	LIMIT(MALWARE_HITS_MAX, 64, "rules", "that one file meets and that are listed; the rest is counted") \
	LIMIT(PAPER_PURLS_MAX, MIB(4), "bytes", "package URLs of one bill of materials in an image that are compared with what was found; 20,000 packages take 2 MiB") \
	LIMIT(PAPER_SIGNATURE_MAX, 1024, "bytes", "one signature of a statement beside a file; RSA of 4096 bits has 512") \
	LIMIT(PAPER_SUBJECTS_MAX, 4096, "subjects", "of a signed statement beside a file of the image; a release that attests all its files has a few hundred") \
	LIMIT(PASSWD_MAX, MIB(16), "bytes", "passwd and group; 80 bytes for each of ACCOUNTS_MAX") \
	LIMIT(PE_FILE_MAX, MIB(256), "bytes", "a Windows file that is read; the largest of .NET itself are under 20 MiB") \
	LIMIT(REPEATS_MAX, 1024, "entries", "of one layer that state an inspected file once more; each makes the front go over the facts it holds, FACTS_MAX in all; honest layers have few") \
	LIMIT(RPM_CARRY_MAX, MIB(4), "bytes", "a write-ahead log beside its rpm database that is kept for a higher layer; no real one that was left behind is larger") \
	LIMIT(RPM_MANIFEST_MAX, MIB(16), "bytes", "list of packages of an image without an rpm database; a line takes 150 bytes") \
	LIMIT(RULES_MAX, MIB(64), "bytes", "compiled rules; those that ship take under 4 MiB") \
	LIMIT(SECRET_CONFIRMS_MAX, 100000, "hits", "of one file that are looked at closely, about a microsecond each; real files stay below 5,000") \
	LIMIT(SECRET_DEPTH_MAX, 2, "levels", "of base64 within base64; Kubernetes writes one") \
	LIMIT(SECRET_HEAP_MAX, 2048, "KiB", "memory for one look at one hit") \
	LIMIT(SECRET_HITS_MAX, 65536, "hits", "of all rules in one piece of a file") \
	LIMIT(SECRET_SPAN_MAX, 4096, "bytes", "how far before the end of a hit the match of a rule may begin") \
	LIMIT(SECRET_STEPS_MAX, 200000, "steps", "of one look at one hit; a rule that takes more is cut, and said so") \
	LIMIT(SECRET_TRIES_MAX, 64, "matches", "of one rule about one hit") \
	LIMIT(SECRETS_FILE_MAX, 200, "findings", "secrets of one file that are listed; the rest is counted") \
	LIMIT(SHELL_FILE_MAX, MIB(16), "bytes", "a busybox, whose name and version are looked for; one with all applets, linked statically, is under 4 MiB") \
	LIMIT(SUDO_LINE_MAX, 4096, "bytes", "of one line of sudoers that are read, continued ones included") \
	LIMIT(SUDO_RULE_MAX, 1024, "bytes", "of one rule of sudoers that are kept; what follows names more commands") \
	LIMIT(WORKER_MEMORY_MAX, GIB(2), "bytes", "address space of one worker") \
	LIMIT(WORKER_SECONDS_MAX, 3600, "seconds", "processor time of one worker") \
	LIMIT(YARA_BUNDLE_MAX, MIB(48), "bytes", "compiled YARA rules, which go to each worker with its job; 10,000 rules take 20 MiB") \
	LIMIT(YARA_HOLD_MAX, MIB(32), "bytes", "of one file, held until it is known whether YARA has to see it; a larger one is read a second time") \
	LIMIT(YARA_RULES_MAX, 50000, "rules", "the largest public collections have under 20,000") \
	LIMIT(YARA_SECONDS_MAX, 20, "seconds", "YARA's time for one file of a scan") \
	LIMIT(YARA_SLOW_MAX, 8, "files", "of one layer that may take YARA_SECONDS_MAX; then the others go without") \
	LIMIT(YARA_STRINGS_MAX, 500000, "strings", "of all rules; a public collection of 10,000 rules has under 100,000") \
	LIMIT(YARA_TEXT_MAX, MIB(32), "bytes", "the files of YARA rules, together; public collections are under 20 MiB") \
	/* judge: the merged image */ \
	LIMIT(ACTOR_GROUPS_MAX, 64, "groups", "that one user of an image is in; Linux takes more, images have fewer") \
	LIMIT(EVIDENCE_MAX, 4096, "documents", "that came with one image and are listed; an image of Wolfi has a file per package, a few hundred") \
	LIMIT(HARDLINKS_MAX, 16, "links", "from the name of an inspected file to its bytes; tar writes one") \
	LIMIT(LOOKS_MAX, 4096, "files", "of an image that are read in a second look, since links lead there") \
	LIMIT(SBOM_FILES_MAX, 1000000, "files", "of one image that a bill of materials lists on request; 300 bytes of memory each, the largest real images have under 500,000") \
	LIMIT(SPECIALS_MAX, 100000, "entries", "setuid, writable by all, devices, leftovers: told one by one; the fullest real image has a few hundred") \
	LIMIT(STARTED_MAX, 1000, "libraries", "of what the image starts, one within the other; browsers have under 200") \
	LIMIT(WRITABLE_MAX, 10000, "paths", "that the image's user may write, lying apart; real images have under 100, one that owns every file of its program by itself 1,000") \
	/* source: archives and layouts */ \
	LIMIT(ARCHIVE_GUESS_MAX, 4096, "members", "of an archive, until it is known what kind it is; docker save writes the layers first") \
	LIMIT(ARCHIVE_LINKS_MAX, 16, "links", "from a name in an archive to its file; docker save writes one") \
	LIMIT(ARCHIVE_MEMBERS_MAX, 65536, "members", "docker save writes three per layer") \
	LIMIT(ARCHIVE_NAMES_MAX, MIB(16), "bytes", "names of all members of an archive; they are held") \
	LIMIT(DAEMON_IDLE_S, 900, "seconds", "docker packs the whole image before it sends a byte; --timeout sets less") \
	LIMIT(FOLDER_NAMES_MAX, MIB(256), "bytes", "names in the folders on the way down; a folder is sorted before it is read") \
	LIMIT(REFERRER_PAGES_MAX, 16, "pages", "of the list of what refers to one image; registries put 50 or more on one") \
	LIMIT(REGISTRIES_FILES_MAX, 64, "files", "of registries.conf and its folder; large sites have ten") \
	LIMIT(REGISTRY_AUTH_MAX, MIB(1), "bytes", "a file of credentials or of a docker context; real ones are under 64 KiB") \
	LIMIT(REGISTRY_CERT_FILES_MAX, 256, "files", "in the folder of one registry's certificates") \
	LIMIT(REGISTRY_CERTS_MAX, MIB(4), "bytes", "certificates trusted at once; the system's are under 300 KiB") \
	LIMIT(REGISTRY_CHALLENGES_MAX, 8, "challenges", "of one answer; real ones hold one or two") \
	LIMIT(REGISTRY_ERROR_MAX, KIB(64), "bytes", "of a refusal that are read, and its first line told") \
	LIMIT(REGISTRY_HEADERS_MAX, KIB(256), "bytes", "header of one answer; real ones are under 8 KiB") \
	LIMIT(REGISTRY_HELPER_MAX, KIB(256), "bytes", "what a credential helper answers; tokens of clouds reach 4 KiB") \
	LIMIT(REGISTRY_IDLE_S, 30, "seconds", "a registry slower than REGISTRY_RATE_MIN for this long is given up; --timeout sets less") \
	LIMIT(REGISTRY_LINK_MAX, 2048, "bytes", "where a list goes on; real ones are under 300") \
	LIMIT(REGISTRY_LIST_MAX, 100000, "names", "tags of a repository, or repositories of a registry, of one list; a fleet is 5,000") \
	LIMIT(REGISTRY_PASSWORD_MAX, KIB(16), "bytes", "a password or token on standard input; tokens of clouds reach 4 KiB") \
	LIMIT(REGISTRY_PIECE_MAX, KIB(256), "bytes", "of a layer in one frame between assay and assay-fetch") \
	LIMIT(REGISTRY_PROGRESS_MIN, KIB(4), "bytes", "a broken transfer that brought less counts as a failed try") \
	LIMIT(REGISTRY_RATE_MIN, 1024, "bytes per second", "a layer of 100 MiB then takes a day at most: nobody waits longer") \
	LIMIT(REGISTRY_REDIRECTS_MAX, 5, "redirects", "of one request; real ones take one or two") \
	LIMIT(REGISTRY_REQUEST_MAX, KIB(16), "bytes", "one request of the front to assay-fetch") \
	LIMIT(REGISTRY_RESUMES_MAX, 1000, "requests", "for one blob, however much each brings") \
	LIMIT(REGISTRY_SETUP_MAX, KIB(128), "bytes", "host, names and credentials as assay-fetch is told") \
	LIMIT(REGISTRY_TOKEN_DOC_MAX, KIB(256), "bytes", "answer of a token service; real ones are under 16 KiB") \
	LIMIT(REGISTRY_TOKEN_MAX, KIB(64), "bytes", "one token; those of clouds reach 4 KiB") \
	LIMIT(REGISTRY_TRIES_MAX, 4, "requests", "that bring nothing, before a document or blob is given up") \
	LIMIT(REGISTRY_WAIT_MAX, 120, "seconds", "the longest Retry-After that a scan waits for") \
	LIMIT(SOURCE_DOCUMENTS_MAX, MIB(64), "bytes", "all indexes, manifests and configs of one source; they are held") \
	LIMIT(SOURCE_PAPERS_MAX, 64, "manifests", "signatures, attestations and bills of materials beside one image; real ones have under ten") \
	/* store: facts cache and advisory index */ \
	LIMIT(CACHE_BLOB_MAX, MIB(1), "bytes", "what is known of one local archive; names a few digests per layer") \
	LIMIT(CACHE_SET_MAX, GIB(5), "bytes", "one saved fact set: FACTS_MAX and the index of ENTRIES_MAX entries") \
	LIMIT(INDEX_FEEDS_MAX, 128, "feeds", "a feed_set has one bit for each") \
	LIMIT(INDEX_KEY_MAX, 511, "bytes", "the longest key that LMDB takes") \
	LIMIT(INDEX_MAP_MAX, GIB(64), "bytes", "address space reserved for the advisory index while it is built") \
	LIMIT(INDEX_VALUE_MAX, MIB(64), "bytes", "all advisories of one package; the largest real one (linux) is under 4 MiB") \
	/* advise: feeds */ \
	LIMIT(CSAF_DETAIL_MAX, 64, "bytes", "why a product is not fixed, in a word; a longer text is no such word") \
	LIMIT(CSAF_HOPS_MAX, 4, "products", "a component of a product of a product; real ones nest two deep") \
	LIMIT(DEBIAN_ENTRY_LINES_MAX, 1024, "lines", "about packages, of one entry of the tracker's list; the longest has under 200") \
	LIMIT(DEBIAN_FIXES_MAX, 512, "lines", "packages of one bulletin; real ones have under 40") \
	LIMIT(DEBIAN_IDS_MAX, 2048, "ids", "vulnerabilities of one bulletin; real ones have under 300") \
	LIMIT(DEBIAN_LINES_MAX, 2000000, "lines", "about packages in the tracker's list, about 120 bytes each; it has under 600,000") \
	LIMIT(DEBIAN_REMARK_MAX, 128, "bytes", "of a remark in the tracker's list that are kept: it is looked at for a word of urgency alone") \
	LIMIT(DEBIAN_SUITE_MAX, 32, "bytes", "name of a suite; real ones are under 16") \
	LIMIT(DEBIAN_WORD_MAX, 128, "bytes", "name of a source package, or why it is not affected; real ones are under 80") \
	LIMIT(EOL_COLUMNS_MAX, 32, "columns", "of one row of distro-info; it has under ten") \
	LIMIT(FEDORA_BUGS_MAX, 1024, "bugs", "of one update of Fedora; a kernel update has 300") \
	LIMIT(FEDORA_CVES_MAX, 2048, "ids", "vulnerabilities of one update of Fedora; a kernel update names 300") \
	LIMIT(FEED_DOC_MAX, GIB(1), "bytes", "one document of a feed, inflated; the largest real ones (OVAL of a whole distribution) are under 500 MiB") \
	LIMIT(FEED_HEAD_MAX, KIB(64), "bytes", "what a feed sees of a document to recognise it") \
	LIMIT(FEED_IMPORT_MAX, GIB(64), "bytes", "all documents of one import, inflated; stops bombs") \
	LIMIT(FEED_LINE_MAX, MIB(1), "bytes", "one line of a text feed; real ones are under 64 KiB") \
	LIMIT(FEED_MEMBERS_MAX, 4000000, "members", "all archives of one import; OSV's largest holds under a million") \
	LIMIT(FEED_NESTING_MAX, 3, "levels", "archives within archives; publishers use two") \
	LIMIT(FEED_NUMBER_MAX, 64, "bytes", "a number of a streamed document; 20 digits say all that is used") \
	LIMIT(FEED_RECORD_MAX, MIB(64), "bytes", "one advisory document; the largest real CSAF file is 25 MiB") \
	LIMIT(FEED_STRING_MAX, MIB(4), "bytes", "one string of a streamed document; yajl's time for one grows with its square") \
	LIMIT(FETCH_DOC_MAX, GIB(2), "bytes", "one document as it is fetched; the largest real one (all of NVD or of Red Hat's VEX, packed) is under 400 MiB") \
	LIMIT(FETCH_ERROR_MAX, KIB(64), "bytes", "of a refusal that are read") \
	LIMIT(FETCH_HOPS_MAX, 3, "documents", "that each say where the next one is; publishers use one") \
	LIMIT(FETCH_IDLE_S, 60, "seconds", "a transfer without progress before it is given up; --timeout sets another") \
	LIMIT(FETCH_PARALLEL_MAX, 4, "transfers", "at once; publishers' servers are shared by everybody") \
	LIMIT(FETCH_POINTER_MAX, MIB(1), "bytes", "a document that says where another is; real ones are under 4 KiB") \
	LIMIT(FETCH_REDIRECTS_MAX, 5, "redirects", "of one document; real ones take one or two") \
	LIMIT(FETCH_TAG_MAX, 1024, "bytes", "ETag or Last-Modified; a longer one is not remembered") \
	LIMIT(FETCH_TRIES_MAX, 4, "requests", "for one document; with doubled waits that is about ten seconds") \
	LIMIT(FETCH_URL_MAX, 8192, "bytes", "one address; servers refuse longer ones") \
	LIMIT(FETCH_URLS_MAX, 4096, "addresses", "documents of one feed") \
	LIMIT(FETCH_WAIT_MAX, 300, "seconds", "the longest Retry-After that is waited for; past it the feed has failed for today") \
	LIMIT(NVD_GROUPS_MAX, 64, "nodes", "of one configuration of NVD; the largest have six") \
	LIMIT(NVD_NEEDS_MAX, KIB(4), "bytes", "what a fault needs beside the product; longer lists count as met") \
	LIMIT(OSV_BINARIES_MAX, 1000000, "packages", "binary packages of all releases whose source is kept; Ubuntu's records name some 200,000 beside kernels") \
	LIMIT(OSV_CVES_MAX, 4096, "ids", "vulnerabilities of one OSV record; kernel updates name up to 1,500") \
	LIMIT(OSV_IMPORTS_MAX, KIB(16), "bytes", "packages and symbols of a Go record that are kept; the largest real ones have under 8 KiB") \
	LIMIT(OSV_PAIRS_MAX, 1000000, "pairs", "packages times vulnerabilities of one OSV record; kernel updates reach 100,000") \
	LIMIT(OVAL_CVES_MAX, 8192, "ids", "vulnerabilities of one OVAL definition; kernel updates name up to 1,500") \
	LIMIT(OVAL_MEMORY_MAX, GIB(1), "bytes", "tests of one OVAL document while it is read; SUSE's largest needs under 200 MiB") \
	LIMIT(OVAL_SCOPE_MAX, 32, "namespaces", "products that one OVAL document is about; real ones are of under ten") \
	LIMIT(REDHAT_PRODUCTS_MAX, 12, "products", "of Red Hat that one layer is built from; real ones are of three") \
	LIMIT(REPO_CONTROL_MAX, MIB(4), "bytes", "control part of one apk package, inflated; real ones are under 64 KiB") \
	LIMIT(REPO_INDEX_MAX, MIB(64), "bytes", "a signed index held in memory (InRelease, repomd.xml, APKINDEX.tar.gz); the largest real ones are under 4 MiB") \
	LIMIT(REPO_PACKAGE_MAX, GIB(4), "bytes", "files of one package, inflated; stops bombs") \
	LIMIT(REPO_PACKAGES_MAX, 20000, "packages", "of repositories in one call; an image has under 3,000, and their files must fit in KNOWN_FILES_MAX") \
	LIMIT(REPO_SIGNATURE_MAX, KIB(64), "bytes", "signed part of an apk index, inflated; a signature and its name") \
	LIMIT(RUBY_REQUIREMENTS_MAX, 128, "requirements", "fixed and unaffected versions of one record of the Ruby database; real ones have under 20") \
	LIMIT(SECDB_FIXES_MAX, 2000000, "entries", "of all secdb documents of one import, 110 bytes each; all of Alpine and Chainguard have under a million") \
	LIMIT(SECDB_IDS_MAX, 32, "ids", "in one string of a secdb document; real ones hold up to four") \
	LIMIT(UPDATEINFO_CVES_MAX, 4096, "ids", "vulnerabilities of one update; kernel updates name up to 1,500") \
	LIMIT(UPDATEINFO_PACKAGES_MAX, 65536, "packages", "of one update, all architectures; the largest real ones have under 10,000") \
	/* trust: keys */ \
	LIMIT(CERTIFICATE_MAX, KIB(64), "bytes", "one certificate; real ones are under 8 KiB") \
	LIMIT(CERTIFICATE_NAME_MAX, 512, "bytes", "name in a certificate: an address of a workflow or a person") \
	LIMIT(KEY_FILE_MAX, KIB(64), "bytes", "one key in PEM; an encrypted one is under 1 KiB") \
	LIMIT(KEY_PASSWORD_MAX, 1024, "bytes", "password of a key; what OpenSSL asks for at most") \
	LIMIT(OPENPGP_STATUS_MAX, KIB(256), "bytes", "what gpgv says of one signature; real answers are under 4 KiB") \
	LIMIT(SIGNATURE_MAX, 256, "bytes", "one signature by a key of ECDSA or Ed25519; P-521 takes 139") \
	/* policy: expressions, policies, waivers */ \
	LIMIT(CEL_COST_MAX, 10000000, "steps", "of one evaluation, a second at most; a rule over 5,000 packages takes under 100,000") \
	LIMIT(CEL_MEMORY_MAX, MIB(16), "bytes", "values of one evaluation, given back after it") \
	LIMIT(POLICY_CHAIN_MAX, 8, "policies", "that extend one another; organisation, division and team are three") \
	LIMIT(POLICY_COST_MAX, 2000000000, "steps", "of one judgement, all rules and messages; 100 rules over 1,000 findings take a million") \
	LIMIT(POLICY_MESSAGE_MAX, 1000, "bytes", "message of a rule, filled; the rest is cut") \
	LIMIT(POLICY_MESSAGE_PARTS_MAX, 32, "parts", "texts and expressions of one message of a rule") \
	LIMIT(POLICY_REASONS_MAX, 1000, "reasons", "named in one verdict, and warnings beside it; the rest is counted") \
	LIMIT(POLICY_RULES_MAX, 1000, "rules", "of a policy and all that it extends; real ones have under 100") \
	LIMIT(WAIVERS_MAX, 100000, "waivers", "of one run, pairs of a path and a package counted apart; long lists have thousands") \
	LIMIT(WAIVERS_OPEN_MAX, 10000, "waivers", "that name no id or fingerprint without a pattern: each is held against every finding") \
	LIMIT(ZONE_FILE_MAX, KIB(64), "bytes", "one file of the time zone database; the largest is under 4 KiB") \
	/* render: forms */ \
	LIMIT(MARKDOWN_ROWS_MAX, 100, "findings", "of one image in Markdown; the rest is counted; code hosts take comments of 65,536 characters") \
	LIMIT(TEMPLATE_DEPTH_MAX, 32, "levels", "sections within sections of a template; people nest under five") \
	LIMIT(TEMPLATE_MAX, MIB(1), "bytes", "a template is written by hand") \
	LIMIT(TEMPLATE_TAGS_MAX, 10000000, "tags", "filled by one template; 100 for each of 5,000 findings are half a million") \
	/* cli: many images */ \
	LIMIT(FLEET_LIST_MAX, MIB(16), "bytes", "a list of images; 100,000 of 100 bytes are 10 MiB") \
	LIMIT(FLEET_NAME_MAX, KIB(8), "bytes", "one line of a list of images: a path of PATH_LEN_MAX, a tag or digest, blanks")

/* clang-format on */
#define LIMIT_ENUM(name, value, unit, why) enum { name = (value) };
LIMITS(LIMIT_ENUM)
#undef LIMIT_ENUM

/* What so many compressed bytes may inflate to. */
static inline uint64_t inflate_allowance(uint64_t packed)
{
	uint64_t max = (uint64_t)LAYER_PLAIN_MAX, least = (uint64_t)INFLATE_FREE_MAX;
	uint64_t by_ratio = packed > max / (uint64_t)INFLATE_RATIO_MAX
	                            ? max
	                            : packed * (uint64_t)INFLATE_RATIO_MAX;
	return by_ratio > least ? by_ratio : least;
}

#endif
