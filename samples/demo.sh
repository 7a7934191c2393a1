#!/bin/sh
# SPDX-License-Identifier: MIT
#
# demo.sh LULL QUALITY - denoises the clips that come with lull and says what
# that did to them.
set -eu
export LC_ALL=C                 # numbers have points
lull=$1 quality=$2
sounds=$(dirname "$0")/sounds out=build/demo
mkdir -p $out

printf '\n  %-8s %20s %22s %22s\n' '' 'noise in pauses, dB' 'speech to rest, dB' 'intelligibility'
for noisy in "$sounds"/noisy/*.wav; do
    clip=$(basename "$noisy" .wav)
    "$lull" -q "$noisy" "$out/$clip.wav"
    figures=$("$quality" "$sounds/clean/$clip.wav" "$noisy" "$out/$clip.wav")
    echo "$figures" | tail -n 1 | awk -v clip="$clip" '{
        printf "  %-8s %8.1f -> %8.1f %10.1f -> %8.1f %10.2f -> %8.2f\n",
            clip, $6, $11, $2, $7, $5, $10 }'
done
printf '\n  before   %s\n  after    %s\n' "$sounds/noisy/*.wav" "$out/*.wav"
printf '  yours    %s noisy.wav clean.wav\n\n' "$lull"
