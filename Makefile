# lull - a streaming adaptive low-rank denoiser.  `make help` lists the targets.
VERSION := 0.1.0
ABI     := 0
PREFIX     ?= /usr/local
BINDIR     ?= $(PREFIX)/bin
LIBDIR     ?= $(PREFIX)/lib
INCLUDEDIR ?= $(PREFIX)/include
DATADIR    ?= $(PREFIX)/share

# A flavour is a set of flags with a build folder of its own.
FLAVOUR ?= release
release := -O2 -g -ftree-vectorize
asan    := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
tsan    := -O1 -g -fsanitize=thread
CFLAGS  ?= $($(FLAVOUR))
OUT     := build/$(FLAVOUR)

WARN  := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wdouble-promotion \
         -Wstrict-prototypes -Wmissing-prototypes -Wvla
FLAGS := -std=c11 $(WARN) -fPIC -fvisibility=hidden -ffp-contract=off -Iinclude -Isrc -MMD -MP

# What is built from what.  Everything below the public faces is `core`.
stages  := base guard frame noise track shrink rebuild
core    := $(wildcard src/*.c $(stages:%=src/%/*.c) src/engine/*.c src/filter/*.c)
program := $(wildcard src/app/*.c src/source/*.c src/sink/*.c)
filters := $(wildcard filters/*.filter)
static  := $(OUT)/liblull.a
soname  := liblull.so.$(ABI)
shared  := $(OUT)/liblull.so.$(VERSION)
binary  := $(OUT)/lull
tests   := $(patsubst %.c,$(OUT)/%,$(wildcard tests/test_*.c))
helpers := $(patsubst %.c,$(OUT)/%.o,$(filter-out tests/test_%,$(wildcard tests/*.c)))
benches := $(patsubst %.c,$(OUT)/%,$(wildcard tests/bench/*.c))
samples := $(wildcard samples/*.c)
objects  = $(patsubst %.c,$(OUT)/%.o,$(1))

cflags = $(shell pkg-config --cflags $(1))
libs   = $(shell pkg-config --libs $(1)) -lm -lpthread

.DELETE_ON_ERROR:
.SECONDARY:
.PHONY: all test check demo deps sanitize layers bench quality install uninstall format clean help
all: $(static) $(shared) $(binary)      ## library and program (default)

$(OUT)/src/base/fft.o: FLAGS += $(call cflags,fftw3f)
$(OUT)/src/source/%.o $(OUT)/src/sink/%.o: FLAGS += $(call cflags,sndfile)
$(OUT)/src/lull.o: FLAGS += -DLULL_VERSION='"$(VERSION)"'
$(OUT)/tests/%.o: FLAGS += -Itests
$(OUT)/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(CC) $(FLAGS) $(CPPFLAGS) $(CFLAGS) -c $< -o $@

# Each filter file becomes a C string that the library carries.
$(OUT)/filters.c: $(filters) Makefile
	@mkdir -p $(@D)
	@{ echo '#include "filter/filter.h"'; \
	   echo 'const struct filter_text filter_builtin[] = {'; \
	   for f in $(filters); do n=$${f##*/}; echo "{ \"$${n%.filter}\","; \
	       sed 's/\\/\\\\/g; s/"/\\"/g; s/.*/"&\\n"/' $$f; echo '},'; done; \
	   echo '{ 0, 0 } };'; } > $@
$(OUT)/filters.o: $(OUT)/filters.c
	$(CC) $(FLAGS) $(CPPFLAGS) $(CFLAGS) -c $< -o $@

$(static): $(call objects,$(core)) $(OUT)/filters.o
	rm -f $@ && $(AR) rcs $@ $^
$(shared): $(call objects,$(core)) $(OUT)/filters.o
	$(CC) $(CFLAGS) $(LDFLAGS) -shared -Wl,-soname,$(soname) $^ -o $@ $(call libs,fftw3f)
$(binary): $(call objects,$(program)) $(static)
	$(CC) $(CFLAGS) $(LDFLAGS) $^ -o $@ $(call libs,fftw3f sndfile)
$(tests): %: %.o $(helpers) $(static)
	$(CC) $(CFLAGS) $(LDFLAGS) $^ -o $@ $(call libs,fftw3f cmocka)
$(benches): %: %.o $(helpers) $(static)
	$(CC) $(CFLAGS) $(LDFLAGS) $^ -o $@ $(call libs,fftw3f sndfile)

# --- what people do ----------------------------------------------------------

# One line for each package that must be there: pkg-config's name, Debian's name.
needs := fftw3f:libfftw3-dev sndfile:libsndfile1-dev cmocka:libcmocka-dev
deps:                           ## see what is missing and install it
	@missing=; \
	command -v pkg-config >/dev/null || missing="pkg-config"; \
	for n in $(needs); do \
	    pkg-config --exists $${n%%:*} 2>/dev/null || missing="$$missing $${n##*:}"; done; \
	if [ -z "$$missing" ]; then exit 0; fi; \
	if ! command -v apt-get >/dev/null; then \
	    echo "lull needs (Debian's names):" $$missing >&2; exit 1; fi; \
	root=; [ "$$(id -u)" = 0 ] || root=sudo; \
	echo "lull needs:" $$missing "- installing with $$root apt-get"; \
	$$root apt-get update -qq && $$root env DEBIAN_FRONTEND=noninteractive \
	    apt-get install -y -qq --no-install-recommends $$missing >/dev/null

demo: deps                      ## build, denoise a shipped clip, show what happened
	@$(MAKE) --no-print-directory all
	@sh samples/demo.sh $(binary) $(OUT)/quality
check: deps                     ## build and run every test
	@$(MAKE) --no-print-directory all test
sanitize: deps                  ## the same under address and undefined-behaviour sanitizers
	@$(MAKE) --no-print-directory FLAVOUR=asan all test

# Every test program in turn, then the program as a user runs it.
test: all $(tests)
	@for t in $(tests); do $$t || exit 1; done
	@[ ! -f tests/cli.sh ] || LULL=$(binary) sh tests/cli.sh
layers: $(static)               ## prove: no malloc, I/O, locks or globals below the faces
	@sh tests/layers.sh $(static) $(core)

bench: deps                     ## time the library, and its peers where installed
	@$(MAKE) --no-print-directory all $(benches)
	@sh tests/bench/bench.sh $(OUT)
quality: deps                   ## score DATA/noisy against DATA/clean
	@$(MAKE) --no-print-directory all $(benches)
	@test -n "$(DATA)" || { echo "usage: make quality DATA=dir, with dir/clean and dir/noisy" >&2; exit 64; }
	@$(OUT)/tests/bench/quality $(DATA)

-include $(wildcard $(OUT)/*.d $(OUT)/*/*.d $(OUT)/*/*/*.d)
