#!/bin/sh
# SPDX-License-Identifier: MIT
#
# make.sh - makes clean/ and noisy/ again, from nothing but words and numbers.
# Needs espeak-ng (1.51), sox, libsndfile and a C compiler.
set -eu
cd "$(dirname "$0")"
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

${CC:-cc} -std=c11 -O2 noise.c -o "$tmp/noise" $(pkg-config --cflags --libs sndfile) -lm
mkdir -p clean noisy

# clip NAME KIND SEED RATE VOICE WORDS EFFECT...: half a second of nothing,
# then the words; and the same with noise 5 dB below the voice.
clip() {
    name=$1 kind=$2 seed=$3 rate=$4 voice=$5 words=$6
    shift 6
    espeak-ng -v "$voice" -s 170 -w "$tmp/said.wav" "$words"
    sox -D "$tmp/said.wav" -b 16 "clean/$name.wav" rate "$rate" norm -9 silence 1 0.01 0.1% \
        reverse silence 1 0.01 0.1% reverse "$@" pad 0.5 0.2
    "$tmp/noise" "$kind" "$seed" 5 "clean/$name.wav" "noisy/$name.wav"
}

clip fan fan 1 16000 en-us+f3 \
    "The fan has been running since the morning. I can hear you, but only just. Say the number again: seven, two, four."
clip street street 2 16000 en-gb+m3 \
    "I am at the corner, next to the bakery. The tram is late again. Wait for me inside, it is warmer there."
clip hum hum 3 48000 en-gb-scotland+f2 "Hello, can you hear me now? Good." remix 1p0 1p-5
