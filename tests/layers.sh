#!/bin/sh
# layers.sh ARCHIVE - proves from the symbols of the library and from the
# #include lines that the house stands as src/README.md draws it:
#
#   - below the public faces nobody allocates, prints, opens, locks or asks the
#     system: every outside symbol is in the short list below;
#   - nobody keeps a mutable global, but for the planner's lock in fft.o;
#   - only base/fft.c knows FFTW; a stage includes base and itself, nobody else.
#
# Then it plants an offender of each kind and must catch it.
set -u
archive=$1
cc=${CC:-cc}
pure='mem(cpy|set|move|cmp|chr)|__mem(cpy|set|move)_chk|str(len|n?cmp|spn|cspn|chr)|(sqrt|exp|log|pow|cos|sin|tan|atan|atan2|hypot|ldexp|frexp|exp2|log2|log10|log1p|sincos|floor|ceil|round|lround|fmin|fmax|fabs|expm1|scalbn)f?|_GLOBAL_OFFSET_TABLE_|__stack_chk_fail|__cpu_(model|indicator_init|features2)'
face='malloc|calloc|aligned_alloc|free'
seam='fftwf_.*|pthread_mutex_(lock|unlock)'

# Outside symbols that a member may not use, as "member symbol".
strangers() {
    nm -A "$1" 2>/dev/null | awk -v pure="^($pure)$" -v face="^($face)$" -v seam="^($seam)$" '
        { member = $1; sub(/:[0-9a-f]*$/, "", member); sub(/.*:/, "", member); kind = $(NF-1); name = $NF }
        kind ~ /^[A-TV-Zuvw]$/ && kind != "U" { here[name] = 1 }
        kind == "U" { uses[member " " name] = name }
        END { for (u in uses) {
            split(u, w, " "); n = uses[u]
            if (n in here || n ~ pure || n ~ /^__(asan|ubsan|tsan)/) continue
            if (n ~ face && w[1] ~ /^(lull|tracker|learner|subject_signal|subject_noise|merger|merger_signal|merger_noise|lender)\.o$/) continue
            if (n ~ seam && w[1] == "fft.o") continue
            print "  " w[1] " uses " n
        } }'
}

# Members with writable data, as "member section bytes".
globals() {
    size -A "$1" 2>/dev/null | awk '
        / \(ex |:$/ || NF > 0 && $2 == ":" { member = $1; sub(/:$/, "", member) }
        ($1 ~ /^\.(data|bss|tdata|tbss)$/ || $1 ~ /^\.(data|bss)\.[^r]/ || $1 == "COMMON") && $2 > 0 {
            if (member == "fft.o" && $1 == ".bss" && $2 <= 64) next
            print "  " member " keeps " $2 " bytes in " $1
        }'
}

# Includes that cross a wall, as "file: line".
walls() {
    (cd "$1" || exit
    for stage in guard frame noise track shrink rebuild; do
        grep -HE '^#include "' $stage/*.[ch] 2>/dev/null | grep -vE "\"(base|$stage)/"
    done
    grep -HE '^#include "' base/*.[ch] | grep -v '"base/'
    grep -HE '^#include "(source|sink|app|engine)/|"lull' filter/*.[ch] | grep -v '"engine/recipe.h"'
    grep -HE '^#include "(source|sink|app|filter)/|"lull' engine/*.[ch]
    grep -HE '^#include "(source|sink|app|filter|engine)/|"lull' learn/*.[ch]
    grep -HE '^#include "(engine|guard|frame|noise|track|shrink|rebuild)/' source/*.[ch] sink/*.[ch] app/*.[ch] 2>/dev/null
    grep -rl fftw3.h . | grep -v '^./base/fft.c$'
    ) | sed 's/^/  /'
}

failed=0
fail() {
    echo "not ok - $1"
    shift
    printf '%s\n' "$@"
    failed=$((failed + 1))
}
passed=0
holds() { # SENTENCE FINDINGS
    if [ -z "$2" ]; then echo "ok - $1"; passed=$((passed + 1)); else fail "$1" "$2"; fi
}
catches() { # SENTENCE FINDINGS
    if [ -n "$2" ]; then echo "ok - $1"; passed=$((passed + 1)); else fail "$1"; fi
}

[ "$(nm "$archive" 2>/dev/null | wc -l)" -gt 100 ] || { echo "layers.sh: $archive: no library" >&2; exit 1; }
holds "below the faces no call leaves the library" "$(strangers "$archive")"
holds "no mutable global but the planner's lock" "$(globals "$archive")"
holds "no include crosses a wall" "$(walls src)"

plant=$(mktemp -d) || exit 1
trap 'rm -rf "$plant"' EXIT
offender() { # CODE
    echo "$1" >"$plant/stage.c" && rm -f "$plant/x.a" &&
        $cc -w -fPIC -c "$plant/stage.c" -o "$plant/stage.o" && ar rcs "$plant/x.a" "$plant/stage.o"
}
for call in 'void *malloc(unsigned long); void *f(void) { return malloc(1); }' \
    'int printf(const char *, ...); void f(int x) { printf("%d", x); }' \
    'int pthread_mutex_lock(void *); void f(void *x) { pthread_mutex_lock(x); }' \
    'void fftwf_execute(void *); void f(void *x) { fftwf_execute(x); }'; do
    offender "$call" && catches "a planted call is caught: ${call%%(*}" "$(strangers "$plant/x.a")"
done
for global in 'int f(void) { static int x; return ++x; }' 'int x = 3;' '_Thread_local int x;'; do
    offender "$global" && catches "a planted global is caught: $global" "$(globals "$plant/x.a")"
done
mkdir -p "$plant/src/frame" "$plant/src/base"
echo '#include "noise/presence.h"' >"$plant/src/frame/frame.c"
catches "a planted include is caught" "$(walls "$plant/src" 2>/dev/null)"

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
