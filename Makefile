# SPDX-License-Identifier: Apache-2.0
# Sources are found by wildcard: adding a file edits nothing here.
# Each room becomes one archive; the linker takes from it what a program needs, and --as-needed
# keeps a library away from programs that do not use it.

CC ?= gcc
B ?= build
PREFIX ?= /usr/local
VERSION := 0.1.0

# lowest floor last: the order in which archives are searched
ROOMS := cli flow render policy judge advise inspect walk source store model fmt base
# programs: the main of each is src/cli/NAME.c
PROGRAMS := assay assay-inspect assay-db
LIBS := -larchive -lcurl -lexpat -lyajl -lyaml -llmdb -lseccomp -lisal -lzstd -lz -ljansson -lcrypto -lpthread

WARN := -Wall -Wextra -Werror -Wshadow -Wvla -Wstrict-prototypes -Wmissing-prototypes \
	-Wwrite-strings -Wcast-qual -Wformat=2 -Wundef
HARDEN := -fstack-protector-strong -fstack-clash-protection -fcf-protection -fPIE \
	-ftrivial-auto-var-init=zero
CPPFLAGS += -Isrc -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -DASSAY_VERSION='"$(VERSION)"'
OPT := -O2 -g -D_FORTIFY_SOURCE=3
LDFLAGS += -pie -Wl,-z,relro,-z,now,-z,noexecstack -Wl,--as-needed
ifdef SAN
B := build/san
OPT := -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all -DASSAY_PROFILE_SANITIZE=1
LDFLAGS += -fsanitize=address,undefined
endif
ifdef COV
B := build/cov
OPT := -O0 -g --coverage -DASSAY_PROFILE_COVERAGE=1
LDFLAGS += --coverage
endif
CFLAGS += -std=gnu17 $(WARN) $(HARDEN) $(OPT) -ffile-prefix-map=$(CURDIR)=.

MAINS := $(PROGRAMS:%=src/cli/%.c)
OBJ_OF = $(patsubst src/%.c,$(B)/obj/%.o,$(filter-out $(MAINS),$(wildcard src/$(1)/*.c)))
ARCHIVES := $(foreach r,$(ROOMS),$(if $(wildcard src/$(r)/*.c),$(B)/lib/$(r).a))
UNIT := $(patsubst tests/unit/%.c,$(B)/tests/unit/%,$(wildcard tests/unit/*.c))

all: $(foreach p,$(PROGRAMS),$(if $(wildcard src/cli/$(p).c),$(B)/$(p)))

define room_rule
$(B)/lib/$(1).a: $(call OBJ_OF,$(1)) | $(B)/lib
	@rm -f $$@
	@ar rcsD $$@ $$^
endef
$(foreach r,$(ROOMS),$(eval $(call room_rule,$(r))))

$(B)/lib:
	@mkdir -p $@

$(B)/obj/%.o: src/%.c
	@mkdir -p $(@D)
	@echo "  CC    $<"
	@$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

$(PROGRAMS:%=$(B)/%): $(B)/%: $(B)/obj/cli/%.o $(ARCHIVES)
	@echo "  LD    $@"
	@$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $< -Wl,--start-group $(ARCHIVES) -Wl,--end-group $(LIBS)

$(B)/tests/unit/%: tests/unit/%.c tests/test.h $(ARCHIVES)
	@mkdir -p $(@D)
	@echo "  TEST  $<"
	@$(CC) $(CPPFLAGS) -Itests $(CFLAGS) -MMD -MP $(LDFLAGS) -o $@ $< -Wl,--start-group $(ARCHIVES) -Wl,--end-group $(LIBS)

unit: $(UNIT)
	@fail=0; for t in $(if $(T),$(filter %/$(T),$(UNIT)),$(UNIT)); do $$t || fail=1; done; exit $$fail

clean:
	rm -rf $(B)

-include $(shell find $(B)/obj $(B)/tests -name '*.d' 2>/dev/null)
.PHONY: all unit clean
.SECONDARY:
