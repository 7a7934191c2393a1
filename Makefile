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
.PHONY: all check demo deps sanitize layers bench quality install uninstall format clean help
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
-include $(wildcard $(OUT)/*.d $(OUT)/*/*.d $(OUT)/*/*/*.d)
