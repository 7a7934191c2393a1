# lull - a streaming adaptive low-rank denoiser.  `make help` lists the targets.
VERSION := 0.1.0
ABI     := 0
PREFIX     ?= /usr/local
BINDIR     ?= $(PREFIX)/bin
LIBDIR     ?= $(PREFIX)/lib
INCLUDEDIR ?= $(PREFIX)/include
DATADIR    ?= $(PREFIX)/share
MANDIR     ?= $(DATADIR)/man

# A flavour is a set of flags with a build folder of its own.
FLAVOUR ?= release
release := -O3 -g
asan    := -O2 -g -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
tsan    := -O2 -g -fsanitize=thread
fuzz    := -O2 -g -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all
CFLAGS  ?= $($(FLAVOUR))
OUT     := build/$(FLAVOUR)

WARN  := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wdouble-promotion \
         -Wstrict-prototypes -Wmissing-prototypes -Wvla
FLAGS = -std=c11 $(WARN) -fPIC -fvisibility=hidden -ffp-contract=off -fno-math-errno -fno-trapping-math -Iinclude -Isrc -MMD -MP

# What is built from what.  Everything below the public faces is `core`.
stages  := base guard frame noise track shrink rebuild
core    := $(wildcard src/*.c $(stages:%=src/%/*.c) src/learn/*.c src/engine/*.c src/filter/*.c)
sound   := $(shell pkg-config --exists portaudio-2.0 2>/dev/null && echo portaudio)
devices := src/device/find.c src/device/hush.c src/device/$(or $(sound),none).c
program := $(wildcard src/app/*.c src/source/*.c src/sink/*.c) $(devices)
filters := $(wildcard filters/*.filter)
static  := $(OUT)/liblull.a
soname  := liblull.so.$(ABI)
shared  := $(OUT)/liblull.so.$(VERSION)
binary  := $(OUT)/lull
# The plugin is built where the one header that it needs is.
hash    := \#
ladspa  := $(shell echo '$(hash)include <ladspa.h>' | $(CC) $(CPPFLAGS) -E - >/dev/null 2>&1 && echo $(OUT)/lull_ladspa.so)
tests   := $(patsubst %.c,$(OUT)/%,$(wildcard tests/test_*.c))
helpers := $(patsubst %.c,$(OUT)/%.o,$(filter-out tests/test_%,$(wildcard tests/*.c)))
measures := $(patsubst %.c,$(OUT)/%.o,$(wildcard tests/measures/*.c))
benches := $(patsubst %.c,$(OUT)/%,$(wildcard tests/bench/*.c))
samples := $(wildcard samples/*.c)
jack    := $(shell pkg-config --exists jack 2>/dev/null && echo jack)
proofs  := $(addprefix $(OUT)/tests/live/,sound rt guard.so $(jack:%=%file) $(sound:%=clicks))
objects  = $(patsubst %.c,$(OUT)/%.o,$(1))

Q := $(if $(V),,@)
comma := ,
cflags = $(shell pkg-config --cflags $(1))
libs   = $(shell pkg-config --libs $(1)) -lm -lpthread

.DELETE_ON_ERROR:
.PHONY: $(tests:%=%.run) test-programs test-cli test-malformed test-live test-clips test-stranger test-needs race races soak fuzz bench-filters bench-tracker pictures-tracker pictures-sensors all test check demo deps sanitize layers bench quality records install uninstall format clean help lacking
all: $(static) $(shared) $(binary) $(ladspa)      ## library and program (default)

$(OUT)/src/base/fft.o: FLAGS += $(call cflags,fftw3f)
$(OUT)/src/source/%.o $(OUT)/src/sink/%.o: FLAGS += $(call cflags,sndfile)
$(OUT)/src/device/portaudio.o: FLAGS += $(call cflags,portaudio-2.0)
$(call objects,$(program)): FLAGS += -D_XOPEN_SOURCE=700 -D_FILE_OFFSET_BITS=64
$(OUT)/src/lull.o: FLAGS += -DLULL_VERSION='"$(VERSION)"'
$(OUT)/src/app/pipewire.o: FLAGS += -DLULL_LADSPA='"$(abspath $(LIBDIR))/ladspa/lull_ladspa.so"'
$(OUT)/tests/%.o: FLAGS += -Itests
$(OUT)/tests/bench/%.o: FLAGS += $(call cflags,sndfile)
$(OUT)/tests/test_files.o: FLAGS += -D_XOPEN_SOURCE=700
$(OUT)/tests/bench/tracker.o: FLAGS += -D_XOPEN_SOURCE=700 -ffp-contract=fast
# Kernels for processors that must be asked first (kernel.c does).
ifneq ($(filter x86_64% i%86%,$(shell $(CC) -dumpmachine)),)
$(OUT)/src/track/kernel_avx2.o: FLAGS += -mavx2 -mfma
$(OUT)/src/track/kernel_avx512.o: FLAGS += -mavx512f -mavx512dq -mavx512vl -mfma
endif
$(OUT)/src/track/kernel_neon.o: FLAGS += -ffp-contract=fast
# Nothing can be built without these two.
built_from := fftw3f sndfile
found := $(shell pkg-config --exists $(built_from) 2>/dev/null && echo found)
$(OUT)/%.o: %.c Makefile $(if $(found),,| lacking)
	@mkdir -p $(@D)
	@echo "  $<"
	$(Q)$(CC) $(FLAGS) $(CPPFLAGS) $(CFLAGS) -c $< -o $@

lacking:
	@pkg-config --exists $(built_from) 2>/dev/null || { echo "lull needs FFTW (single precision)" \
	    "and libsndfile, told by pkg-config: \`make deps\` installs them" >&2; exit 1; }

# Each filter file becomes a C string that the library carries.
$(OUT)/filters.c: $(filters) Makefile
	@mkdir -p $(@D)
	@{ echo '#include "filter/filter.h"'; \
	   echo 'const struct filter_text filter_builtin[] = {'; \
	   for f in $(filters); do n=$${f##*/}; echo "{ \"$${n%.filter}\","; \
	       sed 's/\\/\\\\/g; s/"/\\"/g; s/.*/"&\\n"/' $$f; echo '},'; done; \
	   echo '{ 0, 0 } };'; } > $@
$(OUT)/filters.o: $(OUT)/filters.c
	$(Q)$(CC) $(FLAGS) $(CPPFLAGS) $(CFLAGS) -c $< -o $@

$(static): $(call objects,$(core)) $(OUT)/filters.o
	$(Q)rm -f $@ && $(AR) rcs $@ $^
$(shared): $(call objects,$(core)) $(OUT)/filters.o
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -shared -Wl,-soname,$(soname) $^ -o $@ $(call libs,fftw3f)
$(binary): $(call objects,$(program)) $(static)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) $^ -o $@ $(call libs,fftw3f sndfile $(sound:%=%-2.0))
$(ladspa): $(OUT)/src/plugin/ladspa.o $(static)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -shared -Wl,--exclude-libs,ALL $^ -o $@ $(call libs,fftw3f)
$(tests): %: %.o $(helpers) $(measures) $(static)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) $^ -o $@ $(call libs,fftw3f cmocka) $(LDLIBS)
$(OUT)/tests/test_track_lapack $(OUT)/tests/test_factorize $(OUT)/tests/bench/tracker: LDLIBS += -llapacke
$(OUT)/tests/test_files: $(patsubst %.c,$(OUT)/%.o,$(wildcard src/source/*.c src/sink/*.c))
$(OUT)/tests/bench/records: $(call objects,$(wildcard src/source/*.c))
$(OUT)/tests/test_numbers: $(OUT)/src/source/number.o
$(OUT)/tests/test_files: LDLIBS += $(call libs,sndfile)
$(OUT)/tests/test_live: $(call objects,$(addprefix src/app/,learnt.c whole.c through.c ring.c governor.c progress.c) src/device/find.c src/source/fault.c)
$(OUT)/tests/test_live: LDLIBS += $(static)
$(OUT)/tests/test_threads: $(call objects,$(addprefix src/app/,through.c ring.c governor.c progress.c) $(ladspa:%=src/plugin/ladspa.c))
$(OUT)/tests/test_new: LDFLAGS += -Wl,--wrap=aligned_alloc,--wrap=free
$(OUT)/tests/test_learner: LDFLAGS += -Wl,--wrap=aligned_alloc,--wrap=malloc,--wrap=calloc,--wrap=free
$(OUT)/tests/test_tracker: LDFLAGS += -Wl,--wrap=aligned_alloc
$(OUT)/tests/bench/tracker: LDFLAGS += -Wl,--wrap=kernel_avx512
$(OUT)/tests/test_forged: LDFLAGS += $(foreach f,floats finite samples powers double u32 size bytes,-Wl$(comma)--wrap=store_$f)
$(benches): %: %.o $(helpers) $(measures) $(static)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) $^ -o $@ $(call libs,fftw3f sndfile cmocka) $(LDLIBS)

$(OUT)/tests/live/sound: $(OUT)/tests/live/sound.o $(OUT)/tests/voice.o
	$(Q)$(CC) $(CFLAGS) $^ -o $@ -lm
$(OUT)/tests/live/rt: $(call objects,tests/live/rt.c $(addprefix src/app/,through.c ring.c governor.c progress.c)) $(static)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -rdynamic $^ -o $@ $(call libs,fftw3f) -ldl
$(OUT)/tests/live/guard.so: tests/live/guard.c
	@mkdir -p $(@D)
	$(Q)$(CC) -O1 -fPIC -shared $< -o $@ -ldl -lpthread
$(OUT)/tests/live/clicks: $(OUT)/tests/live/clicks.o
	$(Q)$(CC) $(CFLAGS) $^ -o $@ $(call libs,portaudio-2.0)
$(OUT)/tests/live/jackfile: $(OUT)/tests/live/jackfile.o
	$(Q)$(CC) $(CFLAGS) $^ -o $@ $(call libs,jack)
$(OUT)/tests/live/%.o: FLAGS += -D_GNU_SOURCE
# What looks for the plugin's header is looked at again when that comes.
$(OUT)/tests/live/rt.o $(OUT)/tests/test_threads.o: $(ladspa:%=$(OUT)/src/plugin/ladspa.o)

# --- what people do ----------------------------------------------------------

# What must be there: pkg-config's name, Debian's name.  What there may be, for the microphone
# and the plugin, is only installed where it can be.
needs := fftw3f:libfftw3-dev sndfile:libsndfile1-dev cmocka:libcmocka-dev lapacke:liblapacke-dev
likes := $(if $(sound),,portaudio19-dev) $(if $(ladspa),,ladspa-sdk)
deps:                           ## see what is missing and install it
	@missing= root=; \
	command -v pkg-config >/dev/null || missing="pkg-config"; \
	for n in $(needs); do \
	    pkg-config --exists $${n%%:*} 2>/dev/null || missing="$$missing $${n##*:}"; done; \
	[ "$$(id -u)" = 0 ] || root=sudo; \
	if ! command -v apt-get >/dev/null || ! command -v $${root:-true} >/dev/null; then \
	    [ -n "$$missing" ] || exit 0; \
	    echo "lull needs (Debian's names, to be installed by root):" $$missing >&2; exit 1; fi; \
	set -- $$missing $(likes); [ $$# -gt 0 ] || exit 0; \
	echo "lull needs: $$* - installing with $${root:+$$root }apt-get"; \
	{ $$root apt-get update -qq && $$root env DEBIAN_FRONTEND=noninteractive \
	    apt-get install -y -qq --no-install-recommends "$$@" >/dev/null; } || [ -z "$$missing" ]

demo: deps                      ## build, denoise a shipped clip, show what happened
	@echo "building $(binary)"
	@$(MAKE) -s --no-print-directory all $(OUT)/tests/bench/quality
	@sh samples/demo.sh $(binary) $(OUT)/tests/bench/quality
# Several at once, each with its own say; where there is no nproc, two.
jobs := -j$(shell nproc 2>/dev/null || echo 2) --output-sync=target
# Clang's sanitizers take half the time of gcc's, and another compiler sees other things.
watcher := $(if $(filter default,$(origin CC)),$(if $(shell command -v clang),CC=clang))

check: deps                     ## build and run every test
	@$(MAKE) --no-print-directory $(jobs) all
	@$(MAKE) --no-print-directory $(jobs) test
sanitize: deps                  ## the same under address and undefined-behaviour sanitizers
	@$(MAKE) --no-print-directory $(jobs) FLAVOUR=asan $(watcher) all
	@$(MAKE) --no-print-directory $(jobs) FLAVOUR=asan $(watcher) test
races: deps                     ## what several threads do at once, under the thread sanitizer
	@$(MAKE) --no-print-directory $(jobs) FLAVOUR=tsan race
race: $(OUT)/tests/test_threads
	@TSAN_OPTIONS=halt_on_error=1 $<

# Every test program and the program as a user runs it; then, with nothing beside it, what
# must be in time.
test: test-programs test-cli test-malformed test-clips test-stranger test-needs
	@$(MAKE) --no-print-directory test-live
test-programs: $(tests:%=%.run)
$(tests:%=%.run): %.run: %
	@$<
test-cli: all
	@LULL=$(binary) sh tests/cli.sh
test-malformed: all
	@LULL=$(binary) sh tests/malformed.sh
test-live: all $(proofs)
	@LULL=$(binary) PROOFS=$(OUT)/tests/live LADSPA="$(abspath $(ladspa))" FLAVOUR=$(FLAVOUR) sh tests/live.sh
test-clips: $(OUT)/tests/bench/quality
	@sh tests/clips.sh $(OUT)/tests/bench/quality
test-stranger: all
	@MAKEFLAGS= FLAVOUR=$(FLAVOUR) CC="$(CC)" CFLAGS="$(CFLAGS)" sh tests/stranger.sh
test-needs:
	@MAKEFLAGS= sh tests/needs.sh
soak: deps                      ## live on sound servers of our own in real time, with faults
	@$(MAKE) -s --no-print-directory all $(proofs)
	@LULL=$(binary) PROOFS=$(OUT)/tests/live sh tests/soak.sh
	@LULL=$(binary) PROOFS=$(OUT)/tests/live sh tests/pipewire.sh
layers: $(static)               ## prove: no malloc, I/O, locks or globals below the faces
	@sh tests/layers.sh $(static) $(core)

bench: deps                     ## time the library, and its peers where installed
	@$(MAKE) -s --no-print-directory all $(benches)
	@sh tests/bench/bench.sh $(OUT)
bench-tracker: deps             ## time the tracker; long runs beside theory
	@$(MAKE) -s --no-print-directory $(OUT)/tests/bench/tracker $(OUT)/tests/bench/theory
	@$(OUT)/tests/bench/tracker
	@$(OUT)/tests/bench/theory
bench-filters: deps             ## time each filter, and the sensors' engine beside its bars
	@$(MAKE) -s --no-print-directory $(OUT)/tests/bench/filters
	@$(OUT)/tests/bench/filters
pictures-tracker: deps          ## draw samples/tracker-*.svg anew
	@$(MAKE) -s --no-print-directory $(OUT)/tests/bench/pictures
	@$(OUT)/tests/bench/pictures samples
pictures-sensors: all           ## draw samples/ecg.svg and eeg.svg anew
	@$(CC) -O2 -Iinclude samples/7-sensors.c $(static) $(call libs,fftw3f) -o $(OUT)/7-sensors
	@$(OUT)/7-sensors table >$(OUT)/eeg.csv && python3 samples/waves.py eeg $(OUT)/eeg.csv >$(OUT)/eeg.svg
	@$(binary) -q -f ecg samples/ecg.csv $(OUT)/ecg.csv && \
	    python3 samples/waves.py ecg samples/ecg.csv $(OUT)/ecg.csv >$(OUT)/ecg.svg
	@mv $(OUT)/eeg.svg $(OUT)/ecg.svg samples
quality: deps                   ## score DATA/noisy against DATA/clean
	@$(MAKE) -s --no-print-directory all $(benches)
	@test -n "$(DATA)" || { echo "usage: make quality DATA=dir [OPTIONS='--latency 16'], with dir/clean and dir/noisy" >&2; exit 64; }
	@$(OUT)/tests/bench/quality $(DATA) -- $(OPTIONS)
records: deps                   ## score CLEAN, a record of sensors, with noise added
	@$(MAKE) -s --no-print-directory $(OUT)/tests/bench/records
	@test -n "$(CLEAN)" || { echo "usage: make records CLEAN=heart.csv OPTIONS='-f ecg'" >&2; exit 64; }
	@$(OUT)/tests/bench/records $(OPTIONS) $(CLEAN)

# Each target for SECONDS, with what it has found kept in build/fuzz for next time.
fuzzers := $(patsubst tests/fuzz/%.c,%,$(filter-out %/fuzz.c,$(wildcard tests/fuzz/*.c)))
SECONDS ?= 60
fuzz: deps                      ## throw broken files and states at every reader, SECONDS=60 for each
	@$(MAKE) --no-print-directory $(jobs) FLAVOUR=fuzz CC=clang $(fuzzers:%=build/fuzz/tests/fuzz/%)
	@for t in $(fuzzers); do at=build/fuzz/$$t; \
	    sh tests/fuzz/seeds.sh $$t $$at.files && \
	    build/fuzz/tests/fuzz/$$t -max_total_time=$(SECONDS) -timeout=10 -rss_limit_mb=512 -max_len=4096 \
	        -artifact_prefix=$$at- -print_final_stats=1 $$at.files >$$at.log 2>&1 || { tail -n 40 $$at.log; exit 1; }; \
	    echo "$$t: $$(sed -n 's/^stat::number_of_executed_units: *//p' $$at.log) files, nothing found"; \
	done
$(fuzzers:%=$(OUT)/tests/fuzz/%): %: %.o $(OUT)/tests/fuzz/fuzz.o $(call objects,$(wildcard src/source/*.c src/sink/*.c)) $(static)
	$(Q)$(CC) -fsanitize=fuzzer,address,undefined $^ -o $@ $(call libs,fftw3f sndfile)

# One list, "mode:from:to", serves install and uninstall: they cannot disagree.
installed = 755:$(binary):$(BINDIR)/lull \
            644:include/lull.h:$(INCLUDEDIR)/lull.h \
            644:include/lull_tracker.h:$(INCLUDEDIR)/lull_tracker.h \
            644:include/lull_learn.h:$(INCLUDEDIR)/lull_learn.h \
            644:$(static):$(LIBDIR)/liblull.a \
            755:$(shared):$(LIBDIR)/liblull.so.$(VERSION) \
            644:src/app/lull.1:$(MANDIR)/man1/lull.1 \
            644:$(OUT)/completion.bash:$(DATADIR)/bash-completion/completions/lull \
            644:$(OUT)/completion.zsh:$(DATADIR)/zsh/site-functions/_lull \
            644:$(OUT)/completion.fish:$(DATADIR)/fish/vendor_completions.d/lull.fish \
            $(ladspa:%=755:%:$(LIBDIR)/ladspa/lull_ladspa.so) \
            644:$(OUT)/lull.pc:$(LIBDIR)/pkgconfig/lull.pc \
            644:$(OUT)/lullConfig.cmake:$(LIBDIR)/cmake/lull/lullConfig.cmake \
            644:$(OUT)/lullConfigVersion.cmake:$(LIBDIR)/cmake/lull/lullConfigVersion.cmake \
            $(foreach f,$(filters),644:$f:$(DATADIR)/lull/$f)
links     = $(LIBDIR)/$(soname) $(LIBDIR)/liblull.so

install: all                    ## honours PREFIX, BINDIR, LIBDIR, ..., DESTDIR
	@printf '%s\n' 'prefix=$(PREFIX)' 'Name: lull' \
	    'Description: streaming adaptive low-rank denoiser' 'Version: $(VERSION)' \
	    'Cflags: -I$(INCLUDEDIR)' 'Libs: -L$(LIBDIR) -llull' \
	    'Requires.private: fftw3f' 'Libs.private: -lm -lpthread' > $(OUT)/lull.pc
	@printf '%s\n' '# find_package(lull), target_link_libraries(yours lull::lull)' \
	    'set(lull_VERSION $(VERSION))' 'if(NOT TARGET lull::lull)' \
	    '  find_library(lull_LIBRARY lull HINTS "$${CMAKE_CURRENT_LIST_DIR}/../.." REQUIRED)' \
	    '  find_path(lull_INCLUDE_DIR lull.h HINTS "$${CMAKE_CURRENT_LIST_DIR}/../../../include" "$(INCLUDEDIR)" REQUIRED)' \
	    '  add_library(lull::lull UNKNOWN IMPORTED)' \
	    '  set_target_properties(lull::lull PROPERTIES IMPORTED_LOCATION "$${lull_LIBRARY}"' \
	    '    INTERFACE_INCLUDE_DIRECTORIES "$${lull_INCLUDE_DIR}")' 'endif()' > $(OUT)/lullConfig.cmake
	@printf '%s\n' 'set(PACKAGE_VERSION $(VERSION))' \
	    'if(PACKAGE_FIND_VERSION_MAJOR EQUAL $(ABI) AND NOT PACKAGE_FIND_VERSION VERSION_GREATER PACKAGE_VERSION)' \
	    '  set(PACKAGE_VERSION_COMPATIBLE TRUE)' 'endif()' \
	    'string(COMPARE EQUAL "$${PACKAGE_FIND_VERSION}" "$(VERSION)" PACKAGE_VERSION_EXACT)' > $(OUT)/lullConfigVersion.cmake
	@for s in bash zsh fish; do $(binary) completion $$s > $(OUT)/completion.$$s || exit 1; done
	@for f in $(installed); do to=$${f##*:}; from=$${f#*:}; \
	    install -D -m $${f%%:*} $${from%:*} "$(DESTDIR)$$to" || exit 1; done
	@for l in $(links); do ln -sf liblull.so.$(VERSION) "$(DESTDIR)$$l" || exit 1; done
uninstall:                      ## remove exactly what install put there
	@for f in $(installed); do rm -f "$(DESTDIR)$${f##*:}"; done
	@rm -f $(links:%="$(DESTDIR)%")
	@rmdir "$(DESTDIR)$(DATADIR)/lull/filters" "$(DESTDIR)$(DATADIR)/lull" \
	    "$(DESTDIR)$(LIBDIR)/cmake/lull" 2>/dev/null || true
format:                         ## clang-format over every C file
	clang-format -i $(shell git ls-files '*.[ch]')
clean:                          ## remove build/
	rm -rf build
help:                           ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-17s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))
	@echo "  PREFIX=/usr, DESTDIR=..., CC=clang ... as usual"

-include $(wildcard $(OUT)/*.d $(OUT)/*/*.d $(OUT)/*/*/*.d)
