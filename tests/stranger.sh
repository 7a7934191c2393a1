#!/bin/sh
# SPDX-License-Identifier: MIT
#
# stranger.sh - uses lull as somebody would who has only what `make install`
# puts down: the samples through pkg-config, in C11 and C99, against the shared
# and the static library; the header in C++; no name but lull_* from outside;
# and nothing left after uninstall.  MAKE, CC, CXX and CFLAGS as for make.
set -eu
export LC_ALL=C                 # numbers have points
cd "$(dirname "$0")/.."
cc=${CC:-cc} cxx=${CXX:-c++} flags=${CFLAGS--O2}
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
root=$tmp/root prefix=/opt/lull lib=$tmp/root/opt/lull/lib

no() {
    echo "stranger: $*" >&2
    exit 1
}

quietly() {
    "$@" >"$tmp/said" 2>&1 || { cat "$tmp/said" >&2; no "failed: $*"; }
    [ ! -s "$tmp/said" ] || { cat "$tmp/said" >&2; no "not silent: $*"; }
}

installing() {
    ${MAKE:-make} -s "$1" DESTDIR="$root" PREFIX=$prefix >/dev/null
}

package() {
    PKG_CONFIG_PATH=$lib/pkgconfig PKG_CONFIG_SYSROOT_DIR=$root pkg-config "$@" lull
}

# build NAME STANDARD HOW: samples/NAME.c, warnings count as errors.
build() {
    case $3 in
    static) set -- "$1" "$2" "$(package --cflags) $lib/liblull.a $(package --static --libs-only-l |
        sed 's/-llull//')" ;;
    shared) set -- "$1" "$2" "$(package --cflags --libs) -Wl,-rpath,$lib" ;;
    esac
    # shellcheck disable=SC2086 (flags are words)
    quietly $cc -std=$2 -Wall -Wextra -Wpedantic -Werror $flags \
        "samples/$1.c" $3 -lm -o "$tmp/$1"
}

# The noise falls by 6 dB or more, the voice by 1 at most.
hello_works() {
    "$tmp/1-hello" >"$tmp/hello" || no "1-hello fails"
    awk '{ fell[$1] = $2 - $5 }
         END { exit !(fell["noise"] >= 6 && fell["voice"] <= 1 && fell["voice"] >= -1) }' \
        "$tmp/hello" || { cat "$tmp/hello" >&2; no "1-hello does not denoise"; }
}

# As many bytes out as in, other bytes, and the same however they arrive.
stream_works() {
    tail -c +45 samples/sounds/noisy/hum.wav >"$tmp/in"
    "$tmp/2-stream" 48000 2 <"$tmp/in" >"$tmp/out" || no "2-stream fails"
    [ "$(wc -c <"$tmp/out")" = "$(wc -c <"$tmp/in")" ] || no "2-stream changes the length"
    cmp -s "$tmp/in" "$tmp/out" && no "2-stream changes nothing"
    dd if="$tmp/in" bs=1004 2>/dev/null | "$tmp/2-stream" 48000 2 | cmp - "$tmp/out" ||
        no "2-stream depends on how the input arrives"
    if "$tmp/2-stream" 1 1 </dev/null 2>/dev/null; then no "2-stream accepts 1 Hz"; fi
}

# Ten seconds on, what is left of the noise is 12 dB less (17 to 18), and the loose
# electrode is told to 12 dB (19).
sensors_work() {
    "$tmp/7-sensors" >"$tmp/sensors" || no "7-sensors fails"
    awk '$2 == "-" && $1 > 0 && $5 - $4 >= 12 { n++ }
         $1 == "loose" && $3 >= 12 { n++ }
         END { exit n != 6 }' "$tmp/sensors" || { cat "$tmp/sensors" >&2; no "7-sensors does not denoise"; }
}

# Closer with every direction, far fewer numbers; half the pixels tell the rest; the pictures
# are there; what is no picture is refused by name and reason.
matrix_works() {
    mkdir -p "$tmp/pictures"
    (cd "$tmp/pictures" && "$tmp/5-matrix" >../matrix) || no "5-matrix fails"
    awk '$2 == "all" && $1 == 20 && $3 == 11200 && $7 >= 35 { n++ }
         $2 == "half" && $7 >= 29 && $7 > best { best = $7; rank = $1 }
         END { exit !(n == 1 && NR == 10 && rank > 0 && rank < 20) }' "$tmp/matrix" ||
        { cat "$tmp/matrix" >&2; no "5-matrix does not approximate"; }
    for rank in 20 20-half; do
        [ "$(wc -c <"$tmp/pictures/matrix-$rank.pgm")" = 76815 ] || no "5-matrix writes no picture"
    done
    printf 'P5\n# two\n2 2 255\nabc' >"$tmp/short.pgm"
    printf 'P6\n1 1\n255\nabc' >"$tmp/colour.pgm"
    printf 'P5 1 1 65535 ab' >"$tmp/deep.pgm"
    for bad in short:ends colour:P5 deep:8.bits none:opened; do
        if "$tmp/5-matrix" "$tmp/${bad%:*}.pgm" 2>"$tmp/said"; then no "5-matrix accepts ${bad%:*}"; fi
        grep -q "${bad%:*}.pgm.*${bad#*:}" "$tmp/said" || { cat "$tmp/said" >&2; no "5-matrix: no reason"; }
    done
}

installing install
for how in shared static; do
    for standard in c99 c11; do
        build 1-hello $standard $how
        build 2-stream $standard $how
        build 7-sensors $standard $how
        hello_works
    done
    stream_works
    sensors_work
    build 5-matrix c99 $how
done
matrix_works

# The callback in a PortAudio stream that has no clock and ends with its input.
if pkg-config --exists portaudio-2.0; then
    # shellcheck disable=SC2046
    quietly $cc -std=c99 -Wall -Wextra -Wpedantic -Werror $flags samples/3-callback.c \
        $(package --cflags --libs) $(pkg-config --cflags --libs portaudio-2.0) \
        -Wl,-rpath,"$lib" -o "$tmp/3-callback"
    echo '</usr/share/alsa/alsa.conf> pcm.!default { type null }' >"$tmp/asound.conf"
    # (What PortAudio leaves behind is its own.)
    echo b | ASAN_OPTIONS=detect_leaks=0 ALSA_CONFIG_PATH=$tmp/asound.conf JACK_NO_START_SERVER=1 "$tmp/3-callback" \
        >"$tmp/callback" 2>/dev/null || no "3-callback fails"
    grep -q '^in .* noise' "$tmp/callback" || { cat "$tmp/callback" >&2; no "3-callback is deaf"; }
fi

# As much out as in, as a whole and in pieces, and less noise.
python_works() {
    LULL_LIBRARY=$lib/liblull.so PYTHONPATH=samples PYTHONDONTWRITEBYTECODE=1 $1 - <<'E'
import numpy as np, lull
x = 0.1 * np.random.default_rng(1).standard_normal((32000, 2))
y = lull.denoise(x, 16000, reduction_db=20)
assert y.shape == x.shape and y.dtype == np.float32
assert 10 * np.log10(np.mean(y[8000:] ** 2) / np.mean(x[8000:] ** 2)) < -12
l = lull.Lull(16000, 2, reduction_db=20)
z = np.concatenate([l.process(p) for p in np.split(x, [1, 700, 20000])] + [l.flush()])
assert np.array_equal(z[l.latency:], y)
assert lull.denoise(x[:, 0], 16000).shape == (32000,)
for wrong in (lambda: lull.Lull(16000, 1, "nonsense"), lambda: lull.Lull(1, 1), lambda: l.process(x[:, 0:1])):
    try:
        wrong()
        raise SystemExit("no error")
    except ValueError:
        pass
E
}
for python in python3 /usr/bin/python3; do      # which cannot load a sanitizer
    if [ "${FLAVOUR:-release}" = release ] && $python -c 'import numpy' 2>/dev/null; then
        python_works $python || no "samples/lull.py fails"
        break
    fi
done

cmake_works() {
    mkdir "$tmp/cmake"
    cp samples/1-hello.c "$tmp/cmake"
    printf '%s\n' 'cmake_minimum_required(VERSION 3.10)' 'project(hello C)' 'find_package(lull 0.1 REQUIRED)' \
        'add_executable(hello 1-hello.c)' 'target_link_libraries(hello lull::lull m)' \
        >"$tmp/cmake/CMakeLists.txt"
    cmake -S "$tmp/cmake" -B "$tmp/cmake/build" -DCMAKE_PREFIX_PATH="$root$prefix" \
        -DCMAKE_C_FLAGS="$flags" >"$tmp/said" 2>&1 &&
        cmake --build "$tmp/cmake/build" >>"$tmp/said" 2>&1 || { cat "$tmp/said" >&2; return 1; }
    "$tmp/cmake/build/hello" >/dev/null
}
if command -v cmake >/dev/null; then
    cmake_works || no "the CMake project fails"
fi

# Moved as a whole it still finds its plugin.
if [ -f "$lib/ladspa/lull_ladspa.so" ]; then
    "$root$prefix/bin/lull" pipewire-conf | grep -q "plugin = \"$(realpath "$lib")/ladspa/lull_ladspa.so\"" ||
        no "pipewire-conf names another plugin"
fi

printf '%s\n' '#include <lull.h>' 'int main() { return lull_version()[0] == 0; }' >"$tmp/header.cc"
if command -v $cxx >/dev/null; then
    # shellcheck disable=SC2046
    quietly $cxx -std=c++11 -Wall -Wextra -Wpedantic -Werror $flags "$tmp/header.cc" \
        $(package --cflags --libs) -Wl,-rpath,"$lib" -o "$tmp/header"
    "$tmp/header" || no "the C++ program fails"
fi

others=$(nm -D --defined-only "$lib/liblull.so" | awk '{ print $NF }' | grep -v '^lull_' || true)
[ -z "$others" ] || no "the shared library also exports:" $others

installing uninstall
left=$(find "$root$prefix" -mindepth 1 '(' ! -type d -o -name 'lull*' ')')
[ -z "$left" ] || no "uninstall leaves:" $left
echo "stranger: installed, compiled, linked, ran and left without a trace"
