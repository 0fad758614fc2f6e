# SPDX-License-Identifier: Apache-2.0
# Sources are found by wildcard: adding a file edits nothing here.
# Each room becomes one archive; the linker takes from it what a program needs, and --as-needed
# keeps a library away from programs that do not use it.  `make help` lists the targets.

# ARCH=arm64 builds for that machine, into build/arm64; SYSROOT=DIR is where its libraries are
# (tools/cross-root makes one), else they are those of dpkg --add-architecture arm64
ARCH :=
CROSS_arm64 := aarch64-linux-gnu
MACHINE := $(if $(ARCH),$(firstword $(subst -, ,$(CROSS_$(ARCH)))),$(shell uname -m))
CC = $(if $(ARCH),$(CROSS_$(ARCH))-gcc $(SYSROOT:%=--sysroot=%),gcc)
B := $(if $(ARCH),build/$(ARCH),build)
PREFIX ?= /usr/local
VERSION := 0.1.0

# highest floor first: the order in which archives are searched
ROOMS := $(shell awk 'NF == 2 && $$1 ~ /^[0-9]/ { print $$2 }' tools/rooms | tac)
# programs: the main of each is src/cli/NAME.c
PROGRAMS := $(patsubst src/cli/%.c,%,$(wildcard src/cli/assay.c src/cli/assay-*.c))
# the one with the most symbols first: the loader looks for each in this order
LIBS := -lcrypto -larchive -lcurl -lexpat -lyajl -lyaml -llmdb -lseccomp -lisal -lzstd -lz -ljansson -lpcre2-8 -lyara -lhs_runtime -lhs -lm -lpthread

WARN := -Wall -Wextra -Werror -Wshadow -Wvla -Wstrict-prototypes -Wmissing-prototypes \
	-Wwrite-strings -Wcast-qual -Wformat=2 -Wundef -Wno-missing-field-initializers
HARDEN = -fstack-protector-strong -fstack-clash-protection -fPIE -ftrivial-auto-var-init=zero
HARDEN += $(if $(filter x86_64,$(MACHINE)),-fcf-protection,-mbranch-protection=standard)
# clang 14 wants to be told that this option of its may go away
HARDEN += $(if $(findstring clang,$(CC)),-enable-trivial-auto-var-init-zero-knowing-it-will-be-removed-from-clang)
CPPFLAGS += -Isrc -I. -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -DASSAY_VERSION='"$(VERSION)"'
OPT := -O2 -g -D_FORTIFY_SOURCE=3
LDFLAGS += -pie -Wl,-z,relro,-z,now,-z,noexecstack -Wl,--as-needed

# Profiles: SAN=1 (gcc's sanitizers), COV=1 (coverage), FUZZ=1 (clang's libFuzzer and sanitizers).
# Without optimisation, or with sanitizers, gcc gives false alarms of the two warnings switched off.
ifdef SAN
B := build/san
OPT := -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all \
	-DASSAY_PROFILE_SANITIZE=1 -Wno-format-truncation -Wno-maybe-uninitialized
LDFLAGS += -fsanitize=address,undefined
endif
ifdef COV
B := build/cov
OPT := -O0 -g --coverage -Wno-format-truncation -Wno-maybe-uninitialized -DASSAY_PROFILE_COVERAGE=1
LDFLAGS += --coverage
endif
ifdef FUZZ
B := build/fuzz
CC := clang-14
OPT := -O1 -g -fno-omit-frame-pointer -fsanitize=fuzzer-no-link,address,undefined \
	-fno-sanitize-recover=all -DASSAY_PROFILE_SANITIZE=1
LDFLAGS += -fsanitize=fuzzer,address,undefined
endif
CFLAGS += -std=gnu17 $(WARN) $(HARDEN) $(OPT) -ffile-prefix-map=$(CURDIR)=.

# Compiled rules: made by the plain assay-rules whatever the profile, then part of every program.
RULES_BIN := $(if $(ARCH),$(B),build)/rules/shipped.rules
# they are of the machine that runs them: made for another one by its own program, emulated
EMULATE := $(if $(ARCH),QEMU_LD_PREFIX=$(SYSROOT) qemu-aarch64-static)
RULES_TEXT := $(wildcard rules/*/*)
MAINS := $(PROGRAMS:%=src/cli/%.c)
SOURCES := $(wildcard src/*/*.c)
OBJ_OF = $(patsubst src/%.c,$(B)/obj/%.o,$(filter-out $(MAINS) src/inspect/rules_shipped.c,$(wildcard src/$(1)/*.c)))
ARCHIVES := $(foreach r,$(ROOMS),$(if $(call OBJ_OF,$(r)),$(B)/lib/$(r).a))
LINK = $(CC) $(CFLAGS) $(LDFLAGS) -o $@ $(filter %.o,$^) \
	-Wl,--start-group $(ARCHIVES) $(if $(filter assay-rules,$(@F)),,$(SHIPPED)) -Wl,--end-group $(if $(filter assay-rules,$(@F)),$(filter-out -lhs_runtime,$(LIBS)),$(LIBS))
BINARIES := $(PROGRAMS:%=$(B)/%)
SHIPPED := $(B)/lib/shipped.a
UNIT := $(patsubst tests/unit/%.c,$(B)/tests/unit/%,$(wildcard tests/unit/*.c))
REPLAY := $(patsubst tests/fuzz/%.c,$(B)/tests/fuzz/%,$(wildcard tests/fuzz/*.c))
BENCHES := $(patsubst bench/%.c,$(B)/bench/%,$(wildcard bench/*.c))

SAY := @$(if $(findstring s,$(firstword -$(MAKEFLAGS))),:,echo)

all: $(ARCHIVES) $(BINARIES) $(if $(wildcard starter/index.mdb.zst),$(B)/starter/index.mdb) $(B)/yara

define room_rule
$(B)/lib/$(1).a: $(call OBJ_OF,$(1))
	@mkdir -p $$(@D)
	@rm -f $$@
	@ar rcsD $$@ $$^
endef
$(foreach r,$(ROOMS),$(eval $(call room_rule,$(r))))

$(B)/obj/%.o: src/%.c
	@mkdir -p $(@D)
	$(SAY) "  CC    $<"
	@$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

$(filter-out $(B)/assay-rules,$(BINARIES)): $(SHIPPED)
$(BINARIES): $(B)/%: $(B)/obj/cli/%.o $(ARCHIVES)
	$(SAY) "  LD    $@"
	@$(LINK)

$(B)/obj/inspect/rules_shipped.o: CPPFLAGS += -DASSAY_RULES='"$(RULES_BIN)"'
$(B)/obj/inspect/rules_shipped.o: $(RULES_BIN)

$(SHIPPED): $(B)/obj/inspect/rules_shipped.o
	@mkdir -p $(@D)
	@rm -f $@
	@ar rcsD $@ $^

ifneq ($(filter build build/$(ARCH),$(B)),)
$(RULES_BIN): $(RULES_TEXT) $(wildcard src/inspect/rules*.[ch]) src/fmt/token.h | $(B)/assay-rules
	@mkdir -p $(@D)
	$(SAY) "  RULES $@"
	@$(EMULATE) $(B)/assay-rules $@ rules/secrets
else
$(RULES_BIN): $(RULES_TEXT)
	@$(MAKE) SAN= COV= FUZZ= $@
endif

$(B)/obj/tests/%.o: CPPFLAGS += -Itests
$(B)/obj/tests/%.o: tests/%.c
	@mkdir -p $(@D)
	@$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

$(B)/obj/bench/%.o: bench/%.c
	@mkdir -p $(@D)
	@$(CC) $(CPPFLAGS) -Itests $(CFLAGS) -MMD -MP -c -o $@ $<

$(B)/tests/unit/%: $(B)/obj/tests/unit/%.o $(ARCHIVES) $(SHIPPED)
	@mkdir -p $(@D)
	$(SAY) "  TEST  tests/unit/$*.c"
	@$(LINK)

# LLVMFuzzerTestOneInput has its prototype in no header
$(B)/obj/tests/fuzz/%.o: WARN += -Wno-missing-prototypes
# with clang's libFuzzer under FUZZ=1; else with a main that replays files
$(B)/tests/fuzz/%: $(B)/obj/tests/fuzz/%.o $(if $(FUZZ),,$(B)/obj/tests/lib/replay.o) $(ARCHIVES) $(SHIPPED)
	@mkdir -p $(@D)
	$(SAY) "  FUZZ  tests/fuzz/$*.c"
	@$(LINK)

$(B)/bench/%: $(B)/obj/bench/%.o $(ARCHIVES) $(SHIPPED)
	@mkdir -p $(@D)
	$(SAY) "  BENCH bench/$*.c"
	@$(LINK)

# Tests that scripts ask for what the code reads or writes.
READERS = $(addprefix $(B)/tests/unit/,dpkg elf inspect_text render rpmdb source)

# A check: everything, or T=NAME (a glob too), such as T=dpkg or T='unit/*'.  The checks of the
# house read text only, so that T=house/NAME builds nothing.
ASKED = $(foreach t,$(subst *,%,$(T)),$(B)/tests/$t $(B)/tests/unit/$t $(B)/tests/fuzz/$t)
check: $(if $(T),$(if $(filter-out house/%,$(T)),all $(READERS)) $(filter $(ASKED),$(UNIT) $(REPLAY)),check-build)
	@tests/run -b $(B) $(if $(SAN)$(COV),--skip 'house/*') $(T:%='%')

check-build: all $(UNIT) $(REPLAY)

unit: $(if $(T),$(filter $(T:%=$(B)/tests/unit/%),$(UNIT)),$(UNIT))
	@tests/run -b $(B) $(if $(T),$(T:%='unit/%'),'unit/*')

fuzz-replay: $(REPLAY)
	@tests/run -b $(B) $(if $(F),$(F:%='fuzz/%'),'fuzz/*')

fuzz:
	@$(if $(F),,$(error usage: make fuzz F=NAME S=SECONDS))
	@$(MAKE) FUZZ=1 build/fuzz/tests/fuzz/$(F)
	@mkdir -p build/fuzz/corpus/$(F) && cd build/fuzz && \
		tests/fuzz/$(F) -max_total_time=$(or $(S),60) -timeout=10 -rss_limit_mb=2048 \
		-artifact_prefix=crash-$(F)- corpus/$(F) $(wildcard $(CURDIR)/tests/corpus/$(F))

# what was built for arm64, under qemu-user: the unit tests of parsers, and a scan
ARM64_UNIT := base64 bytes cbor digest dsse purl rpmhdr sqlitedb tar version
arm64-build: all $(ARM64_UNIT:%=$(B)/tests/unit/%)

check-arm64:
	@$(MAKE) ARCH=arm64 SYSROOT=$(SYSROOT) arm64-build
	@deploy/test-arm64 build/arm64 $(SYSROOT)

cov:
	@$(MAKE) COV=1 check
	@tools/coverage build/cov

# gcc compiles as part of `all`; this asks clang about the same sources and the tests
SYNTAX := $(patsubst %.c,build/clang/%.ok,$(SOURCES) $(wildcard tests/*/*.c bench/*.c))
build/clang/tests/%: TEST_WARN := -Wno-missing-prototypes -Wno-sometimes-uninitialized
clang-syntax: $(SYNTAX)
build/clang/src/inspect/rules_shipped.ok: CPPFLAGS += -DASSAY_RULES='"rules.bin"'
build/clang/%.ok: %.c
	@mkdir -p $(@D)
	@clang-14 $(CPPFLAGS) -Itests -std=gnu17 $(WARN) $(TEST_WARN) -O2 -MMD -MP -MF $(@:.ok=.d) -MT $@ -fsyntax-only $<
	@touch $@

lint: compile_commands.json
	@tools/lint $(or $(F),$(SOURCES))

compile_commands.json: Makefile $(SOURCES)
	@{ echo '['; sep=; for f in $(SOURCES); do \
		printf '%s{"directory": "%s", "file": "%s", "arguments": [%s"-c", "%s"]}\n' "$$sep" '$(CURDIR)' "$$f" \
		'"clang-14", "-std=gnu17", $(foreach w,$(filter-out -Werror,$(WARN)) -Isrc -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64,"$(w)", )"-DASSAY_VERSION=\"$(VERSION)\"", ' \
		"$$f"; sep=,; done; echo ']'; } >$@

bench: $(BINARIES) $(BENCHES)
	@bench/run

# SHARED: where the samples lie; GITLEAKS and TRIVY: peers, if they are there
bench-secrets: $(B)/bench/secrets
	@bench/secrets.py $(B)/bench/secrets $(or $(SHARED),../shared)/data/vectors/secrets \
		$(or $(GITLEAKS),gitleaks) $(or $(TRIVY),trivy)

# precision and recall against labels of people; a tree of npm, which needs its registry
bench-packages: $(BINARIES)
	@bench/packages.py

bench-accuracy: $(BINARIES)
	@bench/accuracy.py
	@bench/npm_tree.py

docs: all
	@tools/docs $(B)/assay .

# the index that the first scan uses; `make starter` makes it anew from a folder of feeds
$(B)/starter/index.mdb: starter/index.mdb.zst
	@mkdir -p $(@D)
	@zstd -dqf $< -o $@
	@touch $@

# the rules of the check malware, where the program looks for them before it is installed
$(B)/yara: | rules/yara
	@ln -sfnr rules/yara $@

starter: $(BINARIES)
	@tools/starter $(B)/assay $(or $(FEEDS),../shared/data/advisories) starter/index.mdb.zst
	@tools/starter notice >NOTICE

update-golden: all
	@tests/golden/golden.py --update

install: all
	@DESTDIR='$(DESTDIR)' PREFIX='$(PREFIX)' tools/install $(B)

# assay as others install it; `make check-packages` tries both out (as root, with mmdebstrap and runc)
deb: all
	@tools/deb $(B) $(VERSION) dist

image: all
	@tools/image $(B) $(VERSION) dist $(REGISTRY)

check-packages: all
	@deploy/test-packages $(B) $(VERSION)

dist:
	@tools/dist $(VERSION) dist

doctor:
	@tools/packages missing build test bench && echo "nothing is missing"

hooks:
	@install -m 755 tools/pre-commit "$$(git rev-parse --git-path hooks)/pre-commit"

new-inspector:
	@tools/new-inspector $(NAME)

clean:
	rm -rf build dist

help:
	@sed -n 's/^## //p' Makefile

-include $(shell find $(B)/obj $(B)/tests $(B)/bench build/clang -name '*.d' 2>/dev/null)
.PHONY: all arm64-build bench bench-accuracy bench-packages bench-secrets check check-arm64 check-packages check-build clang-syntax clean cov deb dist docs doctor fuzz fuzz-replay help hooks image install lint \
	new-inspector starter unit update-golden
.SECONDARY:
.DELETE_ON_ERROR:

## make                     builds build/assay and its sub-programs
## make check               all tests; T=NAME one of them, SAN=1 with ASan and UBSan
## make unit | fuzz-replay  the unit tests; the fuzz corpora as tests
## make fuzz F=NAME S=60    fuzzes one parser with libFuzzer
## make cov                 line coverage of each room, with its floors
## make lint                clang-tidy and cppcheck; F=FILE for one file
## make bench               the measurements of bench/
## make bench-packages      what applications are made of, beside Syft and Trivy (PEERS=DIR), every difference
## make bench-accuracy      precision and recall of matching, against labels; a tree of npm
## make bench-secrets       precision and recall of the secret scan, beside GITLEAKS= and TRIVY=
## make docs                writes man pages, reference and completion from the program's tables
## make starter             makes the starter index anew from FEEDS=../shared/data/advisories
## make update-golden       rewrites what the golden cases expect, and shows the difference
## make install             into $(DESTDIR)$(PREFIX)
## make deb                 dist/assay_VERSION_ARCH.deb
## make image               dist/assay-image, an OCI layout of assay's own image, and its SBOM; dist/assay-image-ci, the same with
##                          a shell; dist/ci, snippets for CI that pin it (REGISTRY=registry.internal/assay)
## make ARCH=arm64 SYSROOT=DIR   builds for arm64; make check-arm64 SYSROOT=DIR runs that under qemu-user
## make check-packages      installs and runs both: a bare Debian 12, runc
## make dist                the source archive, the same bytes each time
## make doctor              which Debian packages are missing
## make hooks               installs the pre-commit hook in this clone
## make new-inspector NAME=x     starts src/inspect/x.c and its line in the list
## make compile_commands.json    for editors and clang-tidy
