#!/bin/sh
# SPDX-License-Identifier: MIT
#
# bench.sh OUT - times the library block by block, then the program beside
# others that are installed: the same sound, whole processes, CPU seconds.
set -eu
export LC_ALL=C                 # numbers have points
out=$1
speed=$out/tests/bench/speed
lull=$out/lull
here=$(dirname "$0")
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

echo "The library, block by block: CPU time, the least of several runs"
echo
$speed
echo
echo "Each filter where it is used, in blocks of 10 ms; OVER: more than 5 % of the time, or 25 % once"
echo
"$out/tests/bench/filters" rows

# CPU seconds, user and system, of a command and its children.
cpu_once() {
    (
        "$@" >/dev/null 2>"$tmp/why" || echo failed
        times
    ) | awk '
        /failed/ { bad = 1 }
        { split($1 "m" $2, t, /[ms]+/) }
        END { print bad ? "failed" : 60 * (t[1] + t[3]) + t[2] + t[4] }'
}

# The least of five runs, or of one that takes long.
cpu() {
    for _ in 1 2 3 4 5; do
        took=$(cpu_once "$@")
        echo "$took"
        case $took in failed | [2-9].* | [1-9][0-9]*) break ;; esac
    done | sort -g | head -n 1
}

# row NAME COMMAND...: the first row is the one the others are held against.
row() {
    name=$1
    shift
    took=$(cpu "$@")
    if [ "$took" = failed ]; then
        printf '%-22s failed  %s\n' "$name" "$(head -n 1 "$tmp/why")"
        return
    fi
    ours=${ours:-$took}
    awk -v name="$name" -v took="$took" -v ours="$ours" -v s="$seconds" 'BEGIN {
        if (took < 0.01) took = 0.01
        printf "%-22s %8.2f %10.0f %10.2f\n", name, took, s / took, took / ours }'
}

have() {
    command -v "$1" >/dev/null
}

# compare RATE SECONDS
compare() {
    rate=$1 seconds=$2 wav=$tmp/in.wav raw=$tmp/in.raw
    ours=
    $speed sound "$wav" "$rate" 1 "$seconds"
    tail -c +45 "$wav" >"$raw"

    printf '\n%s s of sound at %s Hz, mono, as 16-bit WAV: whole programs\n\n' "$seconds" "$rate"
    printf '%-22s %8s %10s %10s\n' '' 'CPU s' 'x real' 'to lull'
    row lull "$lull" -q "$wav" "$tmp/out.wav"
    if [ -x "$tmp/speex" ]; then
        row "SpeexDSP preprocess" sh -c "exec '$tmp/speex' $rate <'$raw'"
    fi
    if have ffmpeg; then
        for filter in afftdn=nr=20:tn=1 anlmdn; do
            row "ffmpeg ${filter%%=*}" ffmpeg -v error -nostdin -threads 1 -filter_threads 1 \
                -i "$wav" -af $filter -y "$tmp/out.wav"
        done
    fi
    if have sox; then
        sox "$wav" -n trim 0 0.5 noiseprof "$tmp/profile"
        row "SoX noisered" sox "$wav" "$tmp/out.wav" noisered "$tmp/profile" 0.21
    fi
}

missing=
if pkg-config --exists speexdsp 2>/dev/null; then
    ${CC:-cc} -O2 "$here/peers/speex.c" -o "$tmp/speex" $(pkg-config --cflags --libs speexdsp)
else
    missing="$missing libspeexdsp-dev"
fi
have ffmpeg || missing="$missing ffmpeg"
have sox || missing="$missing sox"

compare 16000 120
compare 48000 40
[ -z "$missing" ] || printf '\nMore to compare with: apt-get install%s\n' "$missing"
