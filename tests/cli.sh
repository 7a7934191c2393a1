#!/bin/sh
# SPDX-License-Identifier: MIT
#
# cli.sh - the program as its users meet it, from the outside.
#
#     LULL=build/release/lull sh tests/cli.sh         SLOW=1 adds the long ones
#
# A test is a function whose name is a sentence that is true when it passes.
# It runs in a directory that holds the sounds made below, stops at the first
# command that fails, and what it said is shown.  Inputs are put together byte
# by byte, so that headers can lie and nothing but a shell is needed.
#
# shellcheck disable=SC2002,SC2086,SC2094,SC2317

HERE=$(cd "$(dirname "$0")" && pwd)
LULL=$(cd "$(dirname "${LULL:?the program to test}")" && pwd)/$(basename "$LULL")
T=$(mktemp -d) || exit 1
trap 'rm -rf "$T"' EXIT
cd "$T" || exit 1
lull() { "$LULL" "$@"; }

. "$HERE/it.sh"

# ---- sounds

le() {                          # le BYTES NUMBER: little-endian
    k=$1 v=$2
    while [ "$k" -gt 0 ]; do
        printf "\\$(printf %03o $((v & 255)))"
        v=$((v >> 8)) k=$((k - 1))
    done
}

fmt() {                         # fmt CODE CHANNELS RATE BITS
    printf 'fmt '; le 4 16; le 2 "$1"; le 2 "$2"; le 4 "$3"
    le 4 $(($3 * $2 * $4 / 8)); le 2 $(($2 * $4 / 8)); le 2 "$4"
}

wav() {                         # wav CODE CHANNELS RATE BITS SIZE: a header that says so
    printf RIFF; le 4 $(($5 + 36)); printf WAVE; fmt "$1" "$2" "$3" "$4"; printf data; le 4 "$5"
}

rf64() {                        # rf64 CODE CHANNELS RATE BITS SIZE
    printf 'RF64\377\377\377\377WAVEds64'; le 4 28; le 8 $(($5 + 72)); le 8 "$5"
    le 8 $(($5 / ($2 * $4 / 8))); le 4 0; fmt "$1" "$2" "$3" "$4"; printf 'data\377\377\377\377'
}

repeat() {                      # repeat BYTES TEXT: in octal escapes
    printf '%b' "$2" >piece
    while [ "$(wc -c <piece)" -lt "$1" ]; do cat piece piece >twice; mv twice piece; done
    head -c "$1" piece
}

# What a compressor gives is noise to anybody else: 2 s of it, at half of full scale.
seq 1 60000 | gzip -nc | tail -c +20 | LC_ALL=C tr '\100-\277' '\000-\077\300-\377' |
    head -c 64000 >noise.raw
SIZE=64000 ALL=4294967295
{ wav 1 1 16000 16 $SIZE; cat noise.raw; } >noise.wav
{ wav 1 2 48000 24 60000; head -c 60000 noise.raw; } >deep.wav
{ wav 3 1 16000 32 16000; repeat 16000 '\0000\0000\0000\0100\0000\0000\0200\0076'; } >loud.wav  # 2, .25

# ---- files

a_file_comes_out_as_long_and_as_it_was() {
    exits 0 lull noise.wav out.wav
    silent
    [ "$(wc -c <out.wav)" = "$(wc -c <noise.wav)" ]
    [ "$(bytes out.wav 0 44)" = "$(bytes noise.wav 0 44)" ]
    differ out.wav noise.wav
}

numbers() { tail -c $SIZE "$1" | od -An -v -t d2 | tr -s ' ' '\n' | grep .; }

what_is_kept_and_what_is_removed_make_the_input() {
    lull noise.wav kept.wav
    lull --residual noise.wav removed.wav
    numbers noise.wav >a; numbers kept.wav >b; numbers removed.wav >c
    [ "$(wc -l <b)" = 32000 ]
    paste a b c | awk '{ d = $1 - $2 - $3; if (d * d > 1) bad++ } END { exit bad > 0 }'
}

with_mix_0_nothing_changes_at_16_and_24_bits() {
    lull -m 0 noise.wav out.wav; same noise.wav out.wav
    lull -m 0 deep.wav out.wav; tail -c 60000 deep.wav >a; tail -c 60000 out.wav >b; same a b
}

reduction_0_leaves_the_input_and_more_takes_more() {
    lull -n 0 noise.wav out.wav; same noise.wav out.wav
    lull -n 12 noise.wav a.wav; lull --reduction=30 noise.wav b.wav; differ a.wav b.wav
}

every_latency_keeps_length_and_place() {
    for ms in 32 16 10; do lull -m 0 -l $ms noise.wav out.wav; same noise.wav out.wav; done
}

a_latency_that_is_not_offered_is_told() {
    exits 64 lull -l 5 noise.wav out.wav; says 'lull filters speech tells'
    lull filters music >own.filter
    exits 64 lull -f own.filter -l 5 noise.wav out.wav; says 'own.filter does not offer it'
}

a_sound_shorter_than_the_latency_is_kept() {
    { wav 1 1 16000 16 20; head -c 20 noise.raw; } >short.wav
    lull -m 0 short.wav out.wav; same short.wav out.wav
}

flac_in_and_out_loses_nothing() {
    lull -m 0 noise.wav out.flac; [ "$(bytes out.flac 0 4)" = "102 76 97 67" ]
    lull -m 0 out.flac back.wav; same noise.wav back.wav
    lull -m 0 out.flac again.flac; lull -m 0 again.flac back.wav; same noise.wav back.wav
}

the_name_decides_the_format() {
    for name in x.w64 x.rf64 x.aiff x.au x.caf; do
        lull -m 0 noise.wav $name; lull -m 0 $name back.wav
        tail -c $SIZE back.wav >b; same noise.raw b
    done
    [ "$(bytes x.caf 0 4)" = "99 97 102 102" ]; [ "$(bytes x.rf64 0 4)" = "82 70 54 52" ]
    lull -m 0 x.rf64 back.wav; [ "$(bytes back.wav 0 4)" = "82 70 54 52" ]
    lull noise.wav x.ogg; [ "$(bytes x.ogg 0 4)" = "79 103 103 83" ]
    lull -m 0 noise.wav x.raw; same noise.raw x.raw
    lull -m 0 noise.wav x.unheard-of; same noise.wav x.unheard-of
}

titles_cues_and_broadcast_data_stay() {
    info() { printf 'LIST'; le 4 20; printf 'INFOINAM'; le 4 8; printf 'My song\0'; }
    cue() { printf 'cue '; le 4 28; le 4 1; le 4 7; le 4 1234; printf data; le 4 0; le 4 0; le 4 1234; }
    bext() { printf 'bext'; le 4 602; printf 'Field recorder'; repeat 588 '\0000'; }
    { printf RIFF; le 4 $((SIZE + 710)); printf WAVE; fmt 1 1 16000 16; bext; cue; info
      printf data; le 4 $SIZE; cat noise.raw; } >tagged.wav
    lull tagged.wav out.wav
    for text in 'My song' 'Field recorder' 'cue '; do grep -qa "$text" out.wav; done
    lull tagged.wav out.flac; grep -qa 'My song' out.flac
}

chunks_of_any_length_are_passed_over() {
    { printf RIFF; le 4 $((SIZE + 48)); printf WAVE; printf odd!; le 4 3; printf 'abc\0'
      fmt 1 1 16000 16; printf data; le 4 $SIZE; cat noise.raw; } >odd.wav
    lull noise.wav want.wav
    lull odd.wav out.wav; same want.wav out.wav
    cat odd.wav | lull >out.wav; same want.wav out.wav
}

six_channels_stay_six_and_in_order() {
    { wav 1 6 48000 16 $((SIZE - 4)); head -c $((SIZE - 4)) noise.raw; } >six.wav
    lull -m 0 six.wav out.wav; tail -c $((SIZE - 4)) out.wav >a; tail -c $((SIZE - 4)) six.wav >b; same a b
    lull -m 0 - <six.wav | cat >out.wav; tail -c $((SIZE - 4)) out.wav >a; same a b
    [ "$(bytes out.wav 20 4)" = "254 255 6 0" ]
}

fewer_bits_are_dithered_always_alike_and_not_with_D() {
    { wav 3 1 16000 32 16000; repeat 16000 '\0315\0314\0314\0075'; } >tenth.wav         # 0.1
    lull -m 0 tenth.wav a.flac; lull -m 0 tenth.wav b.flac; lull -m 0 -D tenth.wav c.flac
    same a.flac b.flac; differ a.flac c.flac
    lull -m 0 noise.wav a.flac; lull -m 0 -D noise.wav b.flac; same a.flac b.flac
}

what_is_too_loud_is_clipped_and_counted() {
    exits 0 lull -m 0 -D loud.wav out.flac; says 'out.flac: clipped 2000 samples'
    lull -m 0 out.flac back.raw; [ "$(bytes back.raw 0 6)" = "255 255 127 0 0 32" ]
    exits 0 lull -q -m 0 loud.wav out.flac; silent
    exits 0 lull -m 0 loud.wav out.wav; silent          # floats have room
    [ "$(grep -ca PEAK out.wav)" = 0 ]                  # it would hold the time of day
}

nothing_taken_is_told() {
    awk 'BEGIN { for (t = 0; t < 500; t++) print sin(t / 9) + (t * 7919 % 101) / 300 }' >few.csv
    exits 0 lull -f sensor few.csv out.csv; says 'few.csv: nothing was found to take away'; same few.csv out.csv
    exits 0 lull -q -f sensor few.csv out.csv; silent
    exits 0 lull -m 0 -f sensor few.csv out.csv; silent
    exits 0 lull noise.wav out.wav; silent
}

samples_that_are_not_numbers_count_as_missing_and_are_told() {
    { wav 3 1 16000 32 16000; repeat 16000 '\0000\0000\0300\0177\0000\0000\0200\0076'; } >nan.wav
    exits 0 lull nan.wav out.wav; says '2000 samples are not finite; counted as missing'
    lull -m 0 nan.wav out.raw; [ "$(bytes out.raw 0 8)" = "0 0 0 0 0 0 128 62" ]
}

# ---- pipes

file_and_pipe_give_the_same_bytes() {
    lull noise.wav file.wav
    lull <noise.wav >a.wav; same file.wav a.wav
    cat noise.wav | lull | cat >b.wav; same file.wav b.wav
    cat noise.wav | lull - c.wav; same file.wav c.wav
    lull noise.wav - | cat >d.wav; same file.wav d.wav
    lull noise.wav /dev/stdout | cat >e.wav; same file.wav e.wav
}

a_pipe_in_odd_pieces_gives_the_same_bytes() {
    lull noise.wav file.wav
    { head -c 51; sleep .1; head -c 1001; sleep .1; head -c 3; sleep .1; cat; } <noise.wav |
        lull | cat >out.wav
    same file.wav out.wav
}

sound_passes_as_it_comes() {
    mkfifo in out
    lull -t raw -r 16000 in out &
    exec 8>in 9<out
    cat noise.raw >&8
    [ "$(head -c 32000 <&9 | wc -c)" = 32000 ]          # though the input goes on
    exec 8>&-
    cat <&9 >/dev/null
    wait $!
}

every_raw_encoding_comes_back() {
    for e in u8 s8 s16 s24 s16le s24be s16be; do
        head -c 48000 noise.raw >in.raw
        exits 0 lull -m 0 -t raw -r 16000 -e $e <in.raw >out.raw; same in.raw out.raw
    done
    repeat 16000 '\0000\0000\0000\0077\0000\0000\0200\0276' >f32.raw    # .5, -.25
    repeat 16000 '\0077\0000\0000\0000\0276\0200\0000\0000' >f32be.raw
    repeat 16000 '\0000\0000\0000\0000\0000\0000\0340\0077' >f64.raw    # .5
    repeat 16000 '\0000\0001\0000\0100\0000\0002\0000\0300' >s32.raw
    for e in f32 f32be f64 s32; do
        exits 0 lull -m 0 -t raw -r 16000 -c 2 -e $e $e.raw out.raw; same $e.raw out.raw
        cat $e.raw | lull -m 0 -t raw -r 16000 -c 2 -e $e | cat >out.raw; same $e.raw out.raw
    done
}

raw_becomes_a_file_where_the_name_says_so() {
    lull -m 0 -t raw -r 16000 noise.raw out.wav; same noise.wav out.wav
    lull -m 0 -t raw -r 16000 noise.raw out.dat; same noise.raw out.dat
}

a_length_that_is_known_stands_in_the_header() {
    cat noise.wav | lull | cat >out.wav
    [ "$(bytes out.wav 40 4)" = "0 250 0 0" ]           # 64000
}

a_length_that_is_not_known_is_read_to_the_end() {
    lull noise.wav file.wav
    for size in 0 $ALL 2147479552 2147483647 4294967246; do
        { wav 1 1 16000 16 $size; cat noise.raw; } | lull | cat >out.wav
        [ "$(bytes out.wav 4 4) $(bytes out.wav 40 4)" = "255 255 255 255 255 255 255 255" ]
        tail -c $SIZE out.wav >a; tail -c $SIZE file.wav >b; same a b
        { wav 1 1 16000 16 $size; cat noise.raw; } | lull >out.wav; same file.wav out.wav
        { wav 1 1 16000 16 $size; cat noise.raw; } | lull - out.wav; tail -c $SIZE out.wav >a; same a b
        [ "$(bytes out.wav 0 4)" = "82 73 70 70" ]
    done
}

streams_have_even_lengths_and_are_appended_as_they_are() {
    { wav 1 1 16000 8 1001; head -c 1001 noise.raw; } >odd.wav
    lull <odd.wav | cat >out.wav; [ "$(wc -c <out.wav)" = 1046 ]
    echo 12345 >out.wav
    { wav 1 1 16000 16 $ALL; cat noise.raw; } | lull >>out.wav; [ "$(wc -c <out.wav)" = 64050 ]
}

what_follows_the_sound_is_no_sound() {
    lull noise.wav file.wav
    { cat noise.wav; printf LIST; le 4 4; printf INFO; } >more.wav
    cat more.wav | lull | cat >out.wav; same file.wav out.wav
    { cat noise.wav; head -c 300000 /dev/zero || : >broken; } | lull >out.wav; same file.wav out.wav
    absent broken
    lull more.wav out.wav; tail -c +45 out.wav | head -c $SIZE >a; tail -c $SIZE file.wav >b; same a b
}

rf64_and_more_than_4_GiB_pass_through_pipes() {
    { rf64 1 1 16000 16 $SIZE; cat noise.raw; } | lull | cat >out.wav
    lull noise.wav file.wav; same file.wav out.wav
    rf64 1 1 16000 16 5000000000 >big.wav; truncate -s 5000000080 big.wav
    lull big.wav 2>/dev/null | head -c 44 >head
    [ "$(bytes head 40 4)" = "255 255 255 255" ]
    cat big.wav | lull 2>/dev/null | head -c 44 >head
    [ "$(bytes head 0 4) $(bytes head 40 4)" = "82 73 70 70 255 255 255 255" ]
    endless
    exits 143 timeout -k 5 --preserve-status 1 "$LULL" -v pipe out.wav; says 'out.wav: RF64'
}

floats_and_deep_samples_have_the_headers_they_need() {
    lull -m 0 <loud.wav | cat >out.wav
    [ "$(bytes out.wav 20 2)" = "254 255" ]; grep -qa fact out.wav
    lull -m 0 out.wav back.wav; tail -c 16000 back.wav >a; tail -c 16000 loud.wav >b; same a b
}

sox_reads_and_writes_our_pipes() {
    sox noise.wav -t wav - | lull | sox -t wav - out.wav
    [ "$(soxi -s out.wav)" = 32000 ]
    sox noise.wav -t wav -e float -b 32 - | lull -m 0 | sox -D -t wav - -e signed -b 16 out.raw
    same noise.raw out.raw
}

ffmpeg_reads_and_writes_our_pipes() {
    ffmpeg -nostdin -y -loglevel error -i noise.wav -f wav - | lull -m 0 | ffmpeg -nostdin -y -loglevel error -i - -f s16le out.raw
    same noise.raw out.raw
    ffmpeg -nostdin -y -loglevel error -i noise.wav -rf64 always -f wav rf.wav; lull -m 0 <rf.wav | tail -c $SIZE >out.raw
    same noise.raw out.raw
    cat rf.wav | lull -m 0 | tail -c $SIZE >out.raw; same noise.raw out.raw
}

# ---- tables and arrays

# A table of 32000 rows with the noise in one column: time, noise, a count.
table() {                       # table DELIMITER POINT END
    numbers noise.raw | awk -v d="$1" -v p="$2" -v e="$3" '
        BEGIN { printf "# made by hand%stime%snoise%s\"a count\"%s", e, d, d, e }
        { t = sprintf("%.7f", (NR - 1) / 16000); x = sprintf("%.5f", $1 / 32768)
          sub(/[.]/, p, t); sub(/[.]/, p, x); sub(/^-0.00000$/, "0" p "00000", x)
          printf "%s%s%s%s%d%s", t, d, x, d, NR % 1000, e }'
}

a_table_keeps_all_but_its_samples() {
    table , . '\n' >in.csv; exits 0 lull in.csv out.csv; silent
    [ "$(wc -l <out.csv)" = 32002 ]; differ in.csv out.csv
    head -n 2 in.csv >a; head -n 2 out.csv >b; same a b
    cut -d, -f 1 in.csv >a; cut -d, -f 1 out.csv >b; same a b
    awk -F, 'NR > 2 && ($2 !~ /^-?[0-9]+\.[0-9][0-9][0-9][0-9][0-9]$/ || $3 !~ /^-?[0-9]+$/) { exit 1 }' out.csv
    lull -v in.csv out.csv 2>err; says 'in.csv: CSV, 16000 Hz, 2 channels'
}

# Steps of more than 30 uV, and beats, after a second.
steps_and_beats() {
    awk -F, 'NR > 252 { d = $2 - x; n += d * d > 9e-4; h = $2 - mean; beats += !up && h > .6; up = h > (up ? .3 : .6) }
             NR > 1 { x = $2; mean += (x - mean) / 100 }
             END { print n, beats }' "$1"
}

the_heartbeat_that_comes_along_loses_its_noise_and_no_beat() {
    exits 0 lull -f ecg "$HERE/../samples/ecg.csv" out.csv; silent
    [ "$(wc -l <out.csv)" = 2501 ]
    set -- $(steps_and_beats "$HERE/../samples/ecg.csv") $(steps_and_beats out.csv)
    echo "steps and beats: $*"
    [ "$3" -lt $(($1 / 2)) ]                            # 1813, 624
    [ "$4" = 11 ]
}

with_mix_0_a_table_stays_byte_for_byte() {
    for kind in ', .' '; ,' '\t .' '; .'; do
        table $kind '\r\n' >in.csv
        lull -m 0 in.csv out.csv; same in.csv out.csv
        cat in.csv | lull -m 0 | cat >out.csv; same in.csv out.csv
    done
}

a_table_may_come_by_any_name_and_in_pieces() {
    table , . '\n' >in.csv; lull in.csv named.csv; lull <in.csv >want.csv
    { head -c 5; sleep .1; head -c 70; sleep .1; head -c 3333; sleep .1; cat; } <in.csv | lull | cat >got; same want.csv got
    cp in.csv in.dat; lull in.dat out.dat; same named.csv out.dat
    lull -t csv -r 16000 - out.tsv <in.csv; same want.csv out.tsv
    lull in.csv out.wav; lull -v out.wav back.wav 2>err; says '32 bit float, 16000 Hz, 2 channels'
    exits 73 lull noise.wav out.csv; says 'out.csv: a table is written only where one was read'
}

unheard() { ! grep heard err; }

a_named_file_of_sensors_is_rehearsed() {
    beats 4 3 >in.csv; lull -f ecg <in.csv >stream.csv; exits 0 lull -v -f ecg in.csv named.csv
    says '^lull: heard the first 1000 frames beforehand$'; differ stream.csv named.csv
    lull -v -f ecg - out.csv <in.csv 2>err; unheard; same stream.csv out.csv
    rm -f s; lull -v --state s --last -f ecg in.csv out.csv 2>err; unheard; same stream.csv out.csv
    rm -f pipe; mkfifo pipe; cat in.csv >pipe & lull -v -f ecg pipe out.csv 2>err; unheard; same stream.csv out.csv
    lull -v noise.wav out.wav 2>err; unheard
}

# As a stream that went there and back, twice, before it came.
a_named_file_is_heard_there_and_back_twice() {
    beats 4 3 | tail -n +2 | cut -d, -f2,3 >there.csv; tac there.csv >back
    cat there.csv back there.csv back there.csv | lull -t csv -r 250 -f ecg | tail -n 1000 >want.csv
    lull -t csv -r 250 -f ecg there.csv named.csv; same want.csv named.csv
}

a_table_passes_as_it_comes() {
    table , . '\n' >in.csv
    rm -f pipe; mkfifo pipe
    lull pipe >got &
    exec 8>pipe
    head -n 3000 in.csv >&8
    for try in 1 2 3 4 5 6 7 8 9 10; do sleep .1; [ "$(wc -l <got)" -lt 2400 ] || break; done
    [ "$(wc -l <got)" -ge 2400 ]                        # though the input goes on
    exec 8>&-
    wait $!
    [ "$(wc -l <got)" = 3000 ]
}

a_table_without_time_needs_a_rate() {
    numbers noise.raw >in.csv
    exits 64 lull in.csv out.csv; says 'in.csv: no column of time.*-r 250'
    exits 0 lull -m 0 -r 16000 in.csv out.csv; same in.csv out.csv
    exits 64 lull -r 16000 noise.wav out.wav; says 'noise.wav: says its rate itself'
}

an_array_keeps_type_shape_and_order() {
    array() { printf '\223NUMPY\001\000v\000%-117s\n' "{'descr': '<i2', 'fortran_order': $1, 'shape': (16000, 2), }"; cat noise.raw; }
    array False >in.npy
    exits 0 lull -m 0 -r 16000 in.npy out.npy; silent; same in.npy out.npy
    cat in.npy | lull -m 0 -r 16000 | cat >out.npy; same in.npy out.npy
    lull -m 0 -r 16000 in.npy out.raw; same noise.raw out.raw
    lull -m 0 -r 16000 in.npy out.wav; tail -c $SIZE out.wav >a; same noise.raw a
    array True >fortran.npy
    exits 0 lull -m 0 -r 16000 fortran.npy out.npy; same fortran.npy out.npy
    lull -r 16000 fortran.npy out.npy; differ fortran.npy out.npy
    piped_array() { cat fortran.npy | "$LULL" -r 16000 - out2.npy; }
    exits 65 piped_array; says 'Fortran order'; absent out2.npy
    head -c 32128 in.npy >cut.npy; exits 65 lull -m 0 -r 16000 cut.npy out.npy; says 'ends 8000 frames'
    [ "$(head -c 128 out.npy | tail -c +11 | tr -d ' ')" = "{'descr':'<i2','fortran_order':False,'shape':(8000,2),}" ]
}

numpy_reads_what_we_write() {
    python3 -c 'import numpy' || return 0
    lull -m 0 noise.wav out.npy
    python3 -c 'import numpy as n; x = n.load("out.npy"); y = n.fromfile("noise.raw", "<i2")
assert x.dtype == y.dtype and x.shape == y.shape and (x == y).all()'
}

a_thousand_and_24_channels_pass() {
    { wav 1 1024 16000 16 2048000; cat noise.raw noise.raw noise.raw noise.raw noise.raw noise.raw noise.raw noise.raw
      cat noise.raw noise.raw noise.raw noise.raw noise.raw noise.raw noise.raw noise.raw; } | head -c 1024044 >wide.wav
    exits 65 lull -m 0 wide.wav out.wav; says 'wide.wav: ends 500 frames'
    tail -c 1024000 wide.wav >a; tail -c 1024000 out.wav >b; same a b
    lull -m 0 -t raw -r 16000 -c 1024 a out.raw; same a out.raw
}

# ---- inputs that are not what they seem

piped() { cat "$1" | "$LULL" - out.wav; }

a_file_shorter_than_its_header_says_is_done_and_told() {
    head -c 32044 noise.wav >cut.wav
    exits 65 lull cut.wav out.wav; says 'cut.wav: ends 16000 frames'; [ "$(wc -c <out.wav)" = 32044 ]
    exits 65 piped cut.wav; says 'ends 16000 frames'
    [ "$(bytes out.wav 40 4)" = "0 125 0 0" ]           # 32000
    exits 65 lull -q cut.wav out.wav; silent
    lull -m 0 noise.wav whole.flac; head -c 30000 whole.flac >cut.flac
    exits 65 lull cut.flac out.flac; says cut.flac
}

half_a_frame_at_the_end_is_left_out_and_told() {
    head -c 1003 noise.raw >odd.raw
    odd() { cat odd.raw | "$LULL" -t raw -r 16000 -e s24 >out.raw; }
    exits 0 odd; says 'left out 1 bytes'; [ "$(wc -c <out.raw)" = 1002 ]
}

headers_beyond_reason_are_refused() {
    for bad in '1 0 16000 16' '1 1 0 16' '1 1 1000000000 16' '1 1 16000 0' '1 1 16000 77' '3 1 16000 16'; do
        { wav $bad $SIZE; cat noise.raw; } >bad.wav
        rm -f out.wav
        exits 65 lull bad.wav out.wav; absent out.wav
        exits 65 piped bad.wav; absent out.wav
    done
    { wav 1 1 1000000000 16 $SIZE; cat noise.raw; } >bad.wav
    exits 65 lull bad.wav out.wav; says '1000000000 Hz'
    { wav 1 2 16000 12 $SIZE; cat noise.raw; } >bad.wav; exits 65 piped bad.wav
    head -c 30 noise.wav >bad.wav; exits 65 lull bad.wav out.wav; exits 65 piped bad.wav
}

what_is_no_sound_is_refused() {
    rm -f out.wav
    echo hello >text; : >empty; printf 'RIFF....WAVE' >stub
    exits 65 lull text out.wav; says 'text: not a sound format'
    exits 65 lull empty out.wav; says 'the file is empty'
    exits 65 lull stub out.wav
    for f in text empty stub; do exits 65 piped $f; done
    { wav 1 1 16000 16 0; } >none.wav
    exits 65 lull none.wav out.wav; says 'none.wav: holds no samples'
    exits 65 piped none.wav
    exits 65 lull -t raw -r 16000 - out.wav </dev/null
    exits 65 lull -t csv - out.csv </dev/null; says 'nothing came in'
    exits 66 lull . out.wav; says 'directory'
    exits 66 lull missing.wav out.wav; says 'missing.wav: No such file'
    absent out.wav; no_litter
}

flac_in_a_pipe_is_refused_with_advice() {
    lull noise.wav x.flac; lull noise.wav x.caf; rm -f out.wav
    for f in x.flac x.caf; do exits 65 piped $f; says 'flac -dc'; absent out.wav; done
    exits 0 lull - out.wav <x.flac
}

what_one_may_not_read_is_refused() {
    [ "$(id -u)" != 0 ] || return 0
    cp noise.wav secret.wav; chmod 0 secret.wav
    exits 66 lull secret.wav out.wav
    mkdir shut; chmod 555 shut; exits 73 lull noise.wav shut/out.wav
    cp noise.wav fixed.wav; chmod 444 fixed.wav; exits 73 lull noise.wav fixed.wav; same noise.wav fixed.wav
}

# ---- outputs

input_and_output_may_be_the_same_file() {
    lull noise.wav want.wav
    cp noise.wav it.wav; chmod 666 it.wav; exits 0 lull it.wav it.wav; same want.wav it.wav
    [ "$(ls -l it.wav | cut -c 1-10)" = "-rw-rw-rw-" ]
    cp noise.wav it.wav; ln -s it.wav link.wav; exits 0 lull it.wav link.wav; same want.wav it.wav
    [ -h link.wav ]; no_litter
    cp noise.wav it.wav; "$LULL" it.wav >>it.wav 2>err && return 1
    same noise.wav it.wav
}

a_full_device_is_an_error() {
    exits 74 lull noise.wav /dev/full; says '/dev/full: No space left'
    full() { "$LULL" "$@" >/dev/full; }
    exits 74 full noise.wav; exits 74 full -h; exits 74 full -V
    exits 74 lull --log /dev/full noise.wav out.wav
}

an_output_that_cannot_be_is_an_error() {
    exits 73 lull noise.wav none/out.wav; says 'none/out.wav: '
    exits 73 lull noise.wav .; says 'directory'
    exits 73 lull noise.wav /proc/out.wav
    exits 73 lull --log none/log noise.wav out.wav
}

an_error_leaves_what_was_there_and_nothing_else() {
    echo precious >keep.wav; cp keep.wav copy
    limited() { (ulimit -f 8; "$LULL" noise.wav "$1"); }
    exits 74 limited keep.wav; same copy keep.wav
    exits 74 limited new.wav; absent new.wav
    exits 74 limited new.flac; absent new.flac
    exits 65 lull text.wav keep.wav 2>/dev/null || exits 66 lull text.wav keep.wav; same copy keep.wav
    no_litter
}

closed_streams_are_errors_and_not_files() {
    no_in() { "$LULL" - out.wav <&-; }
    no_out() { "$LULL" noise.wav >&-; }
    no_err() { "$LULL" noise.wav out.wav 2>&-; }
    rm -f out.wav
    exits 74 no_in; absent out.wav
    exits 74 no_out
    exits 0 no_err; lull noise.wav want.wav; same want.wav out.wav
}

a_reader_that_leaves_is_no_error_to_talk_about() {
    rf64 1 1 16000 16 5000000000 >big.wav; truncate -s 5000000080 big.wav
    { "$LULL" big.wav || echo $? >status; } 2>err | head -c 1000 >/dev/null
    silent; [ "$(cat status)" = 141 ]
}

a_reader_of_the_log_that_leaves_leaves_the_sound_whole() {
    head -c 3200000 /dev/zero >quiet.raw
    { "$LULL" --log - -t raw -r 16000 quiet.raw out.raw || echo $? >status; } 2>err | head -c 1 >/dev/null
    silent; [ "$(cat status)" = 141 ]; same quiet.raw out.raw; no_litter
}

# ---- signals

# A pipe that stays open: what has come is 2 s of sound and there is no end.
endless() { rm -f pipe; mkfifo pipe; exec 9<>pipe; { wav 1 1 16000 16 $ALL; cat noise.raw; } >&9 & }

interrupted_it_leaves_a_whole_file() {
    endless
    exits 130 timeout -k 5 --preserve-status -s INT 1 "$LULL" pipe out.wav
    lull -m 0 out.wav back.raw 2>err; silent; [ "$(wc -c <back.raw)" = $SIZE ]; no_litter
}

interrupted_with_more_to_come_it_leaves_what_was_there() {
    rm -f pipe; mkfifo pipe; exec 9<>pipe; { wav 1 1 16000 16 6400000; cat noise.raw; } >&9 &
    cp noise.wav there.wav
    exits 130 timeout -k 5 --preserve-status -s INT 1 "$LULL" pipe there.wav
    says 'left as it was'; same noise.wav there.wav; no_litter
}

interrupted_while_it_rehearses_it_ends_at_once() {
    for i in 1 2 3 4 5 6 7 8; do for j in 1 2 3 4 5 6 7 8; do cat noise.raw noise.raw noise.raw noise.raw; done; done >wide.raw
    exits 130 timeout -k 5 --preserve-status -s INT .3 "$LULL" -v -f array -t raw -r 250 -c 4096 wide.raw wide.out
    unheard; no_litter
}

terminated_it_ends_a_stream_well() {
    endless
    lull noise.wav want.wav
    end() { timeout -k 5 --preserve-status 1 "$LULL" pipe >out.wav; }
    exits 143 end; same want.wav out.wav
}

# ---- what it says

it_is_silent_unless_asked() {
    exits 0 lull noise.wav out.wav; silent
    exits 0 lull -v noise.wav out.wav
    says 'noise.wav: WAV'; says '16000 Hz'; says 'latency'; says 'real time'; [ "$(wc -l <err)" = 5 ]
    [ "$(lull -V | cut -d. -f1)" = "lull 0" ]
}

help_fits_a_screen_and_more_help_has_every_option() {
    for command in '' live devices pipewire-conf filters inspect; do
        lull $command -h >help 2>err; silent
        [ "$(wc -l <help)" -le 23 ]; awk 'length > 80 { exit 1 }' help      # of 24, and a prompt
        lull $command --help >more; awk 'length > 80 { exit 1 }' more
    done
    lull -h >help; lull --help >more
    [ "$(grep -c -e --no-dither help)" = 0 ]
    grep -q -e --no-dither more; grep -q -e --encoding more
}

the_page_knows_every_option_and_command() {
    page=$HERE/../src/app/lull.1
    for command in '' live devices pipewire-conf filters learn merge inspect; do
        lull $command --help | sed -n 's/^  \(-.,\|   \) --\([a-z-]*\) .*/\2/p' >options
        [ -s options ]
        while read -r option; do
            grep -q "Fl -$option\( \|\$\)" "$page" || { echo "$command --$option"; return 1; }
        done <options
        [ -z "$command" ] || grep -q "^\.Cm $command\$" "$page"
    done
    lull -h | sed -n '/^Commands/,/^$/s/^  \([a-z-]*\) .*/\1/p' >commands
    [ -s commands ]
    while read -r command; do grep -q "^\.Cm $command\$" "$page"; done <commands
}

shells_can_complete_it() {
    for shell in bash zsh fish; do
        lull completion $shell >complete.$shell
        grep -q reconnect complete.$shell
    done
    command -v bash >/dev/null && bash -n complete.bash
    ! command -v zsh >/dev/null || zsh -n complete.zsh
    ! command -v fish >/dev/null || fish --no-execute complete.fish
    bash -c '. ./complete.bash; COMP_WORDS=(lull live --reco); COMP_CWORD=2; _lull; echo "${COMPREPLY[@]}"' >said
    [ "$(cat said)" = "--record --reconnect" ] || [ "$(cat said)" = "--reconnect --record" ]
    bash -c '. ./complete.bash; COMP_WORDS=(lull filters ee); COMP_CWORD=2; _lull; echo "${COMPREPLY[@]}"' >said
    [ "$(cat said)" = eeg ]; grep -q "1:filter:(array .* vibration)" complete.zsh
    exits 64 lull completion tcsh; says 'tcsh: must be'
}

progress_can_be_forced() {
    endless
    { sleep 1.3; cat noise.raw >&9; } &
    exits 143 timeout -k 5 --preserve-status 2 "$LULL" --progress -t raw -r 8000 pipe /dev/null
    says 'real time'
}

wrong_usage_is_64_and_says_why() {
    for bad in '--nonsense' '-Z' '-n' '-n 12x' '-n 1.2.3' '-n nan' '-n inf' '-n 0x10' '-n 61' '-n -1' '-m 2' '-l 12' \
        '-t mp3' '-t raw' '-r 16000' '-t raw -r 16000 -e s17' '-t raw -r 16000 -c 1.5' '-t raw -r 16000 -c 0' \
        '-f speech -t raw -r 1000' '-n ,5' '--log=noise.wav'; do
        exits 64 lull $bad noise.wav out.wav       
        says '^lull: '; [ "$(wc -l <err)" = 1 ]
    done
    exits 64 lull a b c; says 'c: '
    exits 64 lull --nonsense; says '^lull: --nonsense: .*lull -h'
    exits 64 lull --quiet -Zq a b; says '^lull: -Z: '
    exits 64 lull a b -qn; says 'reduction: needs an argument'
    exits 64 lull --quiet=3 a b; says 'quiet: takes no argument'
}

the_log_has_a_line_a_tenth_and_a_summary() {
    lull --log log noise.wav out.wav
    [ "$(wc -l <log)" = 21 ]; tail -n 1 log | grep -q '"summary":true.*"frames":32000'
    cat noise.wav | lull --log log2 >/dev/null; sed '$d' log >a; sed '$d' log2 >b; same a b
    lull --log - noise.wav out.wav >log2; [ "$(wc -l <log2)" = 21 ]
    exits 64 lull --log - noise.wav
    exits 64 lull --log ./new.wav noise.wav new.wav; says 'where the sound is'; absent new.wav
}

the_log_is_json() {
    lull --log log noise.wav out.wav
    python3 -c 'import json; [json.loads(l) for l in open("log")]'
}

# ---- filters

filters_are_listed_and_printed() {
    lull filters >list
    for name in array ecg eeg hum seismic sensor speech tonal vibration; do grep -q "^$name  *[a-z]" list; done
    awk 'length > 90 { exit 1 }' list
    lull filters ecg >printed; same printed "$HERE/../filters/ecg.filter"
    exits 78 lull filters nonsense; says 'nonsense: no such filter; there are array .* vibration$'
    exits 64 lull filters ecg eeg
    exits 74 lull filters >/dev/full
}

a_filter_may_be_a_file() {
    table , . '\n' >in.csv; lull -f ecg in.csv want.csv
    lull filters ecg >my.filter; exits 0 lull -f my.filter in.csv out.csv; silent; same want.csv out.csv
    cp my.filter mine; lull -f mine in.csv out.csv; same want.csv out.csv
    cp my.filter speech; lull -f ./speech in.csv out.csv; same want.csv out.csv
    lull -f speech in.csv out.csv; differ want.csv out.csv; rm speech
    sed 's/^window .*/window = 20/' my.filter >two.filter; lull -f two.filter in.csv out.csv; differ want.csv out.csv
    cat my.filter | lull -f /dev/stdin in.csv out.csv; same want.csv out.csv
    lull -v -f my.filter in.csv out.csv 2>err; says '^lull: my.filter filter, '
}

a_filter_that_is_wrong_says_where() {
    printf '# mine\nengine = subspace\nlagz = 3\n' >my.filter
    exits 78 lull -f my.filter noise.wav new.wav; says '^lull: my.filter:3: lagz: '; absent new.wav
    echo '# nothing' >my.filter; exits 78 lull -f my.filter noise.wav new.wav; says 'my.filter: has no line'
    printf 'lags = 3\n\000' >my.filter; exits 78 lull -f my.filter noise.wav new.wav; says 'my.filter: is damaged, cut short or edited'
    repeat 65537 '#' >my.filter; exits 78 lull -f my.filter noise.wav new.wav; says 'my.filter: more than 64 kB'
    { printf 'engine = subspace\n#'; repeat 65517 '#'; } >my.filter; exits 0 lull -f my.filter noise.wav out.wav
    exits 66 lull -f none.filter noise.wav new.wav; says '^lull: none.filter: No such file'
    exits 66 lull -f ./none noise.wav new.wav; exits 66 lull -f . noise.wav new.wav; says '^lull: .: not a file'
    exits 78 lull -f nonsense noise.wav out.wav; says '^lull: nonsense: no such filter; there are array '
    lull filters music >my.filter; exits 64 lull pipewire-conf -f my.filter; says '^lull: my.filter: .*--alone'
    exits 0 lull pipewire-conf --alone -f my.filter; lull pipewire-conf --alone -f my.filter >conf
    grep -qF "Environment=\"LULL_FILTER=$PWD/my.filter\"" conf; grep -q '"Filter" = -1$' conf; grep -q '"Reduction (dB)" = 20$' conf
    cp my.filter 'a%.filter'; exits 64 lull pipewire-conf --alone -f 'a%.filter'; says 'a%.filter: '
}

# A learned filter that has learned nothing but its rate and channels.
learned() {                     # learned TEXT: from "format" up to "body", in printf's escapes
    printf "$1\000" >sealed; crc=$(gzip -nc <sealed | tail -c 8 | head -c 4 | od -An -t u4)
    cat sealed; le 4 $crc
}

a_learned_filter_is_a_file_as_well() {
    table , . '\n' >in.csv; lull -f ecg in.csv want.csv
    learned "format = 1.0\n# from a heart\n$(cat "$HERE/../filters/ecg.filter")\nrate = 500\nchannels = 1\nbody = 0\n" >my.filter
    exits 0 lull -f my.filter in.csv out.csv; silent; same want.csv out.csv
    cat my.filter | lull -f /dev/stdin in.csv out.csv; same want.csv out.csv
    head -c 300 my.filter >cut.filter; exits 78 lull -f cut.filter in.csv new.csv; says 'cut.filter:1: format: .*beginning'
    head -c 1000 /dev/zero | cat my.filter - >long.filter; exits 78 lull -f long.filter in.csv new.csv; says 'long.filter: .*checksum'
    sed 's/window     = 90/window     = 91/' my.filter >new.filter; differ my.filter new.filter; exits 78 lull -f new.filter in.csv new.csv; says 'new.filter: .*edited'
    learned 'format = 2.0\nbody = 0\n' >new.filter; exits 78 lull -f new.filter in.csv new.csv; says 'new.filter:1: format: was written by a newer lull'
    absent new.csv
}

what_is_measured_has_a_filter_of_its_own() {
    table , . '\n' >in.csv; lull -f sensor in.csv want.csv
    lull -v in.csv out.csv 2>err; says '^lull: sensor filter (-f takes another), '; same want.csv out.csv
    exits 0 lull -v -t raw -r 128 -c 2 noise.raw out.raw; says 'sensor filter'
    lull -v noise.wav out.wav 2>err; says 'speech filter'
    exits 0 lull -l 0 in.csv out.csv; exits 64 lull -f speech -l 0 in.csv out.csv
    exits 64 lull -f speech -t raw -r 128 noise.raw out.raw; says '128 Hz: the sample rate'
}

# ---- learning

# 20 s of beats on two leads, at 250 Hz; BEAT makes another kind of them.
beats() {                       # beats SECONDS SEED [BEAT]
    awk -v n="$(($1 * 250))" -v s="$2" -v w="${3:-8}" 'BEGIN { print "time,I,II"
        for (t = 0; t < n; t++) { s = (s * 16807) % 2147483647; if (t >= next_) { at = t; next_ = t + 180 + s % 60 }
            d = (t - at - 40) / w; x = exp(-d * d) - .3 * exp(-(d - 2) * (d - 2)); d = (t - at - 100) / 20; y = .3 * exp(-d * d)
            printf "%.3f,%.5f,%.5f\n", t / 250, x + y, .6 * x - .8 * y + .002 * (s / 2147483647 - .5) } }'
}
numbers_of() { tail -n +2 "$1" | cut -d, -f "$2"; }

what_was_learned_is_a_filter_and_says_where_from() {
    beats 20 3 >beats.csv; rm -f my.filter
    exits 0 lull learn -f ecg beats.csv -o my.filter >said; silent
    [ "$(wc -l <said)" = 1 ]; grep -q '^my.filter: ecg filter, 20 s: [0-9]* parts\{0,1\} of rank [0-9]* in 46 dimensions' said
    exits 0 lull -f my.filter beats.csv out.csv; silent; lull -f ecg beats.csv want.csv; differ want.csv out.csv
    lull inspect my.filter >seen
    grep -q "^my.filter: learned filter, $(wc -c <my.filter | tr -d ' ') bytes" seen
    grep -q '# learned from beats.csv, 20 s at 250 Hz, 2 channels, 20..-..-.. by lull ' seen; grep -q 'numbers  [0-9]* stored' seen
    cat beats.csv | lull learn -q -f ecg - -o two.filter >said; [ ! -s said ]
    tail -c 1000 my.filter >a; tail -c 1000 two.filter >b; [ "$(wc -c <a)" = 1000 ]
    cp my.filter of.dat; lull inspect of.dat >seen2; tail -n +2 seen >a; tail -n +2 seen2 >b; same a b
    no_litter
}

what_was_learned_fits_nothing_else() {
    [ -s my.filter ] || { beats 20 3 >beats.csv; lull learn -q -f ecg beats.csv -o my.filter; }
    cut -d, -f 1,2 beats.csv >one.csv; exits 65 lull -f my.filter one.csv new.csv
    says 'one.csv: 250 Hz, 1 channel: my.filter was learned at 250 Hz from 2'; absent new.csv
    cut -d, -f 2,3 beats.csv >fast.csv; exits 65 lull -r 360 -f my.filter fast.csv new.csv; says '360 Hz, 2 channels: my.filter'; absent new.csv
    lull --state s -f my.filter beats.csv out.csv; exits 65 lull --state s -f ecg beats.csv new.csv; says 's: is of another stream'; rm s
}

sections_and_parts_are_of_the_recording() {
    beats 8 5 >beats.csv
    section() { { head -n 1 beats.csv; tail -n +2 beats.csv | sed -n "$1"; } >part.csv; }
    body() { tail -c "$(($(sed -n 's/^body = //p;/^body/q' "$1") + 4))" "$1" | head -c -4; }
    as() {                      # as LINES OPTIONS...: the same is learned
        section "$1"; shift; lull learn -q -f ecg part.csv -o a.filter; lull learn -q -f ecg "$@" beats.csv -o b.filter
        body a.filter >a; body b.filter >b; [ -s a ]; same a b
    }
    as 501,1000p --section 2:4; as 1,500p --section 0:0:0.0:0:0:2; as '1001,$p' --section 4:
    as 667,1333p --part 2/3; as '1334,$p' --part 3/3; as 501,1000p --section :4 --part 2/2
    lull -f ecg -m 0 -r 250 beats.csv out.npy; lull learn -q -f ecg -r 250 --part 1/2 out.npy -o b.filter; section 1,1000p; lull learn -q -f ecg part.csv -o a.filter
    body a.filter >a; body b.filter >b; same a b        # of a length that is known
    lull learn -q -f ecg --part 2/3 beats.csv -o b.filter; grep -qa '^# learned from beats.csv, part 2/3, 2.668 s' b.filter
}

several_recordings_are_learned_from_if_they_are_alike() {
    beats 20 3 >a.csv; beats 20 4 8 >b.csv; cut -d, -f 1,2 b.csv >one.csv
    exits 0 lull learn -f ecg a.csv b.csv a.csv -o new.filter; grep -qa 'learned from a.csv and 2 more, 60 s' new.filter
    rm new.filter
    exits 65 lull learn -f ecg a.csv one.csv -o new.filter; says '^lull: one.csv: 250 Hz, 1 channel, where a.csv has 250 Hz, 2$'; absent new.filter
    exits 66 lull learn -f ecg a.csv missing.csv -o new.filter; absent new.filter
    printf 'time,I,II\n0,1,2\n0.004,1,2\n0.008,1,x\n' >bad.csv; exits 65 lull learn -f ecg a.csv bad.csv -o new.filter; says 'bad.csv: line 4'; absent new.filter; no_litter
}

merged_filters_are_one() {
    beats 6 3 >a.csv; beats 6 4 12 >b.csv
    lull learn -q -f ecg a.csv -o a.filter; lull learn -q -f ecg b.csv -o b.filter; lull learn -q -f ecg --section :4 a.csv -o c.filter
    exits 0 lull merge a.filter b.filter c.filter -o both.filter; silent
    exits 0 lull -f both.filter b.csv out.csv; silent
    lull inspect both.filter >seen; grep -q 'from a.csv' seen; grep -q 'from b.csv' seen; grep -q 'section :4' seen; no_litter
    cp both.filter kept
    lull learn -q -f sensor a.csv -o other.filter
    exits 78 lull merge a.filter other.filter -o both.filter; says '^lull: other.filter: learned something of another kind than a.filter'
    exits 78 lull merge a.filter a.csv -o both.filter; says '^lull: a.csv: '
    head -c 900 b.filter >cut.filter; exits 78 lull merge a.filter cut.filter -o both.filter; says '^lull: cut.filter: '
    exits 78 lull merge cut.filter a.filter -o both.filter; says '^lull: cut.filter: '
    exits 66 lull merge a.filter missing.filter -o both.filter; exits 64 lull merge a.filter -o both.filter; exits 64 lull merge a.filter b.filter
    same kept both.filter; no_litter
    exits 73 lull merge a.filter b.filter -o none/x.filter; exits 0 lull merge both.filter a.filter -o both.filter; differ kept both.filter
}

a_noise_is_learned_and_known_again() {
    exits 0 lull learn noise.wav -o room.filter >told
    grep -q '^room.filter: speech filter, 2 s: the noise at 257 frequencies' told
    exits 0 lull -f room.filter loud.wav out.wav; silent; lull loud.wav plain.wav; differ plain.wav out.wav
    lull inspect room.filter >seen; grep -q 'noise    at 257 frequencies' seen
    exits 0 lull merge room.filter room.filter -o both.filter; lull -f both.filter loud.wav same.wav; same out.wav same.wav
    exits 64 lull -f room.filter --adapt 2 loud.wav no.wav; absent no.wav; says '^lull: --adapt: room.filter has learned no signal'
    beats 6 3 >a.csv; lull learn -q -f ecg a.csv -o a.filter
    exits 78 lull merge room.filter a.filter -o both.filter; says 'something of another kind'
}

what_cannot_be_learned_leaves_what_was_there() {
    beats 20 3 >a.csv; echo precious >keep.filter; cp keep.filter kept
    not_of_a_stream() { cat a.csv | "$LULL" learn -f ecg --part 1/2 - -o keep.filter; }
    refused() { want=$1 why=$2; shift 2; exits $want lull learn "$@" -o keep.filter; says "$why"; [ "$(wc -l <err)" = 1 ]; same kept keep.filter; no_litter; }
    for bad in 5 5: :5:6 10:5 5:5 a:b 1:70:2:00 -1:5 1e1:20 :; do
        case $bad in 5:) ;; *) refused 64 'must be START:END' -f ecg --section "$bad" a.csv ;; esac
    done
    for bad in 0/4 5/4 2 /4 2/ 1/0 1/2/3 -1/2; do refused 64 'must be I/N' -f ecg --part=$bad a.csv; done
    for bad in 0 x 5s 5ms k 1e3 -5 64kk 5us2; do refused 64 'must be bytes' -f ecg --budget=$bad a.csv; done
    refused 65 'ends at 20 s, before the section begins' -f ecg --section 30:40 a.csv
    refused 65 'too little to learn from' -f ecg --section 3:3.01 a.csv
    refused 65 'holds no samples' -f ecg -t raw -r 250 -c 2 /dev/null
    exits 64 not_of_a_stream; says 'of a stream, whose end is not known'; same kept keep.filter
    refused 78 'is no filter that learns' -f declick noise.wav
    refused 64 'one of them' --noise --signal a.csv
    lull learn -q -f ecg a.csv -o my.filter; refused 78 'has learned already' -f my.filter a.csv
    exits 64 lull learn -f ecg a.csv; exits 64 lull learn -o keep.filter; exits 73 lull learn -f ecg a.csv -o none/x.filter
    limited() { (ulimit -f 1; "$LULL" learn -q -f ecg a.csv -o keep.filter); }
    exits 74 limited; same kept keep.filter; no_litter
    exits 64 lull learn -n 3 -f ecg a.csv -o keep.filter; says '^lull: -n: no such option'
}

an_interrupted_lesson_leaves_what_was_there() {
    echo precious >keep.filter; cp keep.filter kept; endless
    exits 130 timeout -k 5 --preserve-status -s INT 1 "$LULL" learn -f sensor pipe -o keep.filter; same kept keep.filter; no_litter
    exec 9>&-
}

a_budget_is_kept() {
    beats 8 3 >a.csv
    for bytes in 1k 3k; do
        lull learn -q -f ecg --budget $bytes a.csv -o small.filter
        [ "$(sed -n 's/^body = //p;/^body/q' small.filter)" -le $((${bytes%k} * 1024 + 400)) ]
    done
    exits 0 lull learn -f ecg --budget 0.1us a.csv -o small.filter >said; grep -q 'within the budget' said
}

what_a_filter_adds_is_kept_and_lent() {
    beats 6 3 >a.csv; beats 6 8 16 >b.csv; rm -f add
    lull learn -q -f ecg a.csv -o a.filter; lull -f a.filter b.csv base.csv
    exits 0 lull -f a.filter --adapt 2 --save-adapter add b.csv one.csv; silent; differ base.csv one.csv; [ -s add ]
    lull -f a.filter --adapt 2 b.csv two.csv; same one.csv two.csv
    exits 0 lull -f a.filter --adapt 2 --adapter add b.csv two.csv; silent; differ one.csv two.csv
    exits 0 lull merge a.filter add -o both.filter; exits 0 lull -f both.filter b.csv out.csv; silent; differ base.csv out.csv
    lull inspect add >seen; grep -q '^add: adapter, ' seen; grep -q 'numbers  184 stored (736 bytes of [0-9]*), r(d+k), against d k = 2116; r 2, d 46, k 46' seen
    cp add kept; rm -f new.csv new.filter
    refused() { want=$1 why=$2; shift 2; exits $want lull "$@" b.csv new.csv; says "$why"; absent new.csv; same kept add; no_litter; }
    refused 78 'add: not for a.filter, or not of 3' -f a.filter --adapt 3 --adapter add --save-adapter add
    refused 78 'a.filter: no adapter' -f a.filter --adapt 2 --adapter a.filter
    refused 78 'add: is an adapter, for --adapter' -f ./add
    head -c 400 add >cut; refused 78 '^lull: cut: ' -f a.filter --adapt 2 --adapter cut
    refused 66 '^lull: missing: ' -f a.filter --adapt 2 --adapter missing
    refused 73 '^lull: none/x: ' -f a.filter --adapt 2 --save-adapter none/x
    refused 64 'ecg has learned no signal; lull learn makes' -f ecg --adapt 2; refused 64 'of how many' -f a.filter --save-adapter add
    refused 64 'whole number' -f a.filter --adapt 1.5; refused 64 'must be 1 to 64' -f a.filter --adapt 65
    exits 78 lull merge add a.filter -o new.filter; says '^lull: add: has learned nothing by itself'; absent new.filter
}

a_learned_filter_goes_on_in_chunks_as_well() {
    beats 8 3 >a.csv; lull learn -q -f ecg a.csv -o a.filter; rm -f s
    lull -f a.filter --adapt 2 <a.csv >want.csv
    head -n 701 a.csv >1.csv; { head -n 1 a.csv; tail -n +702 a.csv; } >2.csv
    lull --state s -f a.filter --adapt 2 1.csv out1.csv; lull --state s --last -f a.filter --adapt 2 2.csv out2.csv
    { cat out1.csv; tail -n +2 out2.csv; } >got.csv; same want.csv got.csv
}

# ---- a stream in chunks

piece() { tail -c +$(($2 + 1)) "$1" | head -c "$3"; }   # piece FILE FROM BYTES
samples() { tail -c +45 "$1"; }

a_stream_in_chunks_comes_out_as_one() {
    raw="-t raw -r 16000"
    rm -f s; lull $raw noise.raw want.raw; : >got.raw
    at=0; for n in 100 600 20002 2 30000; do
        piece noise.raw $at $n | lull --state s $raw >>got.raw; at=$((at + n))
        [ -s s ]
    done
    head -c $((at - 1024)) want.raw >a; same a got.raw      # the latency, 512 frames, is inside
    piece noise.raw $at 99999 | lull --state s --last $raw >>got.raw; same want.raw got.raw
    absent s; no_litter
    head -c 500 noise.raw | lull --state s --last $raw >got.raw; absent s
    head -c 500 noise.raw | lull $raw >want.raw; same want.raw got.raw
}

chunks_may_be_files() {
    lull noise.wav want.wav; rm -f s
    { wav 1 1 16000 16 20000; head -c 20000 noise.raw; } >one.wav
    { wav 1 1 16000 16 44000; tail -c 44000 noise.raw; } >two.wav
    exits 0 lull --state s one.wav a.wav; silent; exits 0 lull --state s --last two.wav b.wav; silent
    samples want.wav >want; { samples a.wav; samples b.wav; } >got; same want got
    { wav 3 1 16000 32 32000; repeat 32000 '\0315\0314\0314\0075'; } >deep1.wav
    { wav 3 1 16000 32 64000; repeat 64000 '\0315\0314\0314\0075'; } >deep2.wav
    lull -m 0 deep2.wav x.flac; lull -m 0 x.flac want.raw               # with dither, which goes on
    lull -m 0 --state s deep1.wav x.flac; lull -m 0 x.flac got1.raw
    lull -m 0 --state s --last deep1.wav x.flac; lull -m 0 x.flac got2.raw
    cat got1.raw got2.raw >got.raw; same want.raw got.raw
}

a_table_of_days_needs_no_rate() {
    { echo day,level; for d in $(seq -w 1 31); do echo "2026-01-$d,1.${d}"; done; } >in.csv
    exits 0 lull -f sensor in.csv out.csv; [ "$(cut -d, -f1 out.csv)" = "$(cut -d, -f1 in.csv)" ]
    sed 's/^day/Date/' in.csv >named.csv; lull inspect named.csv >got; grep -q ' 1.157407407e-05 Hz' got
    exits 0 lull -r 0.0002777 -f sensor named.csv out.csv
}

a_table_whose_time_jumps_is_told_of() {
    timed() { awk -v gap="$1" 'BEGIN { print "time,x"; for (t = 0; t < 400; t++)
        printf "%.3f,%.5f\n", (t + (t >= 200 ? gap : 0)) / 250, sin(t) }'; }
    timed 0 >in.csv; exits 0 lull -m 0 -f sensor in.csv out.csv; silent
    timed 25 >in.csv; exits 0 lull -f sensor in.csv out.csv
    says 'in.csv: line 202: time does not go on evenly there, as if 25 rows were missing'
    [ "$(wc -l <out.csv)" = 401 ]
    timed -100 >in.csv; exits 0 lull -f sensor in.csv out.csv
    says 'in.csv: line 202: time does not go on evenly there; the rows'
}

chunks_of_a_table_keep_their_rows() {
    ecg=$HERE/../samples/ecg.csv
    lull -f ecg <"$ecg" >want.csv; rm -f s
    rows() { head -n 1 "$ecg"; tail -n +2 "$ecg" | sed -n "$1"; }
    rows 1,18p >1.csv; rows 19,900p >2.csv; rows '901,$p' >3.csv
    for i in 1 2; do exits 0 lull --state s -f ecg $i.csv out$i.csv; silent; done
    exits 0 lull --state s --last -f ecg 3.csv out3.csv; silent; absent s
    { cat out1.csv; tail -n +2 out2.csv; tail -n +2 out3.csv; } >got.csv; same want.csv got.csv
    [ "$(wc -l <out1.csv)" = 1 ]                        # all of it is still inside
    lull --state s -f ecg 2.csv x.csv; cut -d, -f 1,2 3.csv >narrow.csv; rm -f new.csv; cp s kept
    exits 65 lull --state s -f ecg narrow.csv new.csv; says 's: is of another stream: ecg filter, 250 Hz, 2 channels'
    sed 's/,/,1,/' 3.csv | sed '1s/1/time/' >wide.csv; exits 65 lull --state s -f ecg wide.csv new.csv; says '^lull: s: is of another'
    absent new.csv; same kept s; rm s
    head -c 4000 noise.raw | lull --state s -t raw -r 250 -c 2 -f ecg >out.raw
    exits 65 lull --state s -f ecg 2.csv new.csv; says 's: is of another table than 2.csv'; absent new.csv; rm s
}

an_interrupted_chunk_is_gone_on_from() {
    endless; rm -f s; lull noise.wav want.wav
    exits 130 timeout -k 5 --preserve-status -s INT 1 "$LULL" --state s pipe a.wav
    [ -s s ]; no_litter
    exits 0 lull --state s --last noise.wav b.wav
    { wav 1 1 16000 16 128000; cat noise.raw noise.raw; } >twice.wav; lull twice.wav want.wav
    lull -m 0 a.wav a.raw; { cat a.raw; samples b.wav; } >got; samples want.wav >want; same want got
    exec 9>&-
}

a_state_that_is_none_is_refused_and_stays() {
    rm -f s new.wav; lull --state s noise.wav out.wav; cp s good
    refused() { cp s kept; exits 65 lull --state s "$@" noise.wav new.wav; says "^lull: s: $why"; absent new.wav; same kept s; no_litter; }
    why='what was saved is damaged'
    size=$(wc -c <good)
    for at in 0 7 12 18 22 30 40 60 90 5000 $((size - 5)) $((size - 1)); do
        { head -c $at good; printf '\377\377'; tail -c +$((at + 3)) good; } >s; cmp -s s good || refused
    done
    for n in 0 1 8 47 48 60 1000 $((size - 1)); do head -c $n good >s; refused; done
    { cat good; echo; } >s; refused; cp noise.wav s; refused
    why='is of another stream: speech filter, 16000 Hz, 1 channel, latency 512 frames'
    cp good s; refused -f music; refused -l 10
    { wav 1 2 16000 16 $SIZE; cat noise.raw; } >two.wav; exits 65 lull --state s two.wav new.wav; says "$why, not .* 2 channels"; absent new.wav
    exits 0 lull --state s -n 6 noise.wav out.wav       # settings may change
}

a_state_has_a_file_of_its_own() {
    exits 64 lull --state noise.wav noise.wav out.wav; exits 64 lull --state out.wav noise.wav out.wav
    exits 64 lull --last noise.wav out.wav; says '^lull: --last: '
    rm -f out.wav s; exits 73 lull --state none/s noise.wav out.wav; says '^lull: none/s: '; absent out.wav
    exits 66 lull --state . noise.wav out.wav; absent out.wav
    mkfifo q; exits 66 lull --state missing/../q missing.wav out.wav; rm q
    lull --state s noise.wav out.wav; cp s kept
    limited() { (ulimit -f 8; "$LULL" --state s noise.wav new.wav); }
    exits 74 limited; same kept s; absent new.wav; no_litter
    exits 65 lull --state s -t raw -r 16000 - new.raw </dev/null; same kept s; absent new.raw
}

# ---- the manual

every_key_of_a_filter_is_in_the_manual() {
    sed -n '/keys\[\] = {/,/^};/s/^ *{ "\([a-z]*\)", AT(.*/\1/p' "$HERE/../src/filter/filter.c" >keys
    [ "$(wc -l <keys)" -ge 15 ]
    while read -r key; do grep -q "^\.It Cm.* $key\( \|\$\)" "$HERE/../src/app/lull.1"; done <keys
}

# ---- inspect

# 4000 rows of what awk makes of the noise w and the time t.
measured() { awk -v s=7 "BEGIN { for (t = 0; t < 4000; t++) { w = 0; for (i = 0; i < 12; i++) { s = (s * 16807) % 2147483647; w += s / 2147483647 - .5 }; print $1 } }"; }

inspect_tells_what_a_signal_holds() {
    measured '2 * sin(t) + .2 * w' >in.csv; exits 0 lull inspect -r 100 in.csv >seen; silent
    grep -q '^in.csv: CSV, 100 Hz, 1 channel, 40 s (4000 frames)$' seen
    grep -q '^  1  *1\.42  *0\.\(18\|19\|20\)' seen; grep -q 'hum  *none found' seen
    grep -q 'rank  *2 of 64 stand out' seen
    grep -q 'numbers stored: r(d+k) = 8002 against d k = 251968; r 2, d 64, k 3937 vectors' seen
    grep -q 'filter  *tonal: ' seen; grep -q 'latency [0-9]* frames ([0-9.]* ms), memory [0-9]* kB' seen
    [ "$(wc -l <seen)" -le 24 ]; awk 'length > 90 { exit 1 }' seen
    cat in.csv | lull inspect -t csv -r 100 | tail -n +2 >piped; tail -n +2 seen >a; same a piped
    measured w >in.csv; lull inspect -r 100 in.csv >seen; grep -q 'rank  *0: nothing' seen; ! grep -q '#' seen
}

inspect_finds_hum() {
    awk 'BEGIN { for (t = 0; t < 8000; t++) printf "%.6f,%.6f\n", sin(6.283185307 * 60 * t / 1000), sin(6.283185307 * 57 * t / 1000) }' >in.csv
    cut -d, -f 1 in.csv >one.csv; lull inspect -r 1000 one.csv >seen; grep -q 'hum  *60 Hz, level 0.707$' seen; grep -q 'filter  *hum: ' seen
    lull inspect -r 1200 one.csv >seen; grep -q 'hum  *none' seen
    measured 'w + .5 * sin(.3141592654 * t)' >in.csv; lull inspect -r 1000 in.csv >seen
    grep -q 'hum  *50 Hz, level 0.3[3-9][0-9]*$' seen; grep -q 'filter  *sensor: it leaves hum' seen
    head -n 500 one.csv >short.csv; lull inspect -r 1000 short.csv >seen; grep -q 'hum  *(a second' seen
}

inspect_finds_odd_channels() {
    measured 'w "," (.1 - w) "," 3 "," (t % 9 ? w : "") "," (w > 1 ? 1 : w) "," 50 * w' >in.csv; exits 0 lull inspect -r 100 in.csv >seen; silent
    grep -q '^  3  *0  *0  *constant$' seen; grep -q '^  4 .*  11.1 % missing$' seen
    grep -q '^  5 .*  clipped, ' seen; grep -q '^  6 .*  level is not' seen
    [ "$(grep -c '^  [12]  *[0-9.]*  *[0-9.]*$' seen)" = 2 ]
    measured 'w "," w "," w "," w "," w "," w "," w "," w "," w "," 5' >in.csv; lull inspect -r 100 in.csv >seen
    grep -q '^  median ' seen; grep -q '^  channel 10: constant$' seen
}

inspect_knows_kinds_of_signals_by_how_they_move() {
    lull inspect "$HERE/../samples/ecg.csv" >seen; grep -q 'filter  *ecg: it beats' seen
    measured '.2 * w + 10 * exp(-((t % 156 - 50) / 3) ^ 2) + 1.5 * exp(-((t % 156 - 90) / 6) ^ 2)' >in.csv
    lull inspect -r 125 in.csv >seen; grep -q 'filter  *ecg: it beats' seen        # 48 a minute, steps of 2.5 frames
    measured '.01 * w + 10 * exp(-((t % 112 - 50) / 12) ^ 2)' >in.csv; lull inspect -r 125 in.csv >seen; grep -q 'filter  *sensor: it swells' seen
    measured 'w * (t % 1000 < 700)' >in.csv; lull inspect -r 1000 in.csv >seen; ! grep -q 'it beats' seen      # every second, but not brief
    measured '.01 * w + (t > 1000 && t < 1300) * w' >in.csv; lull inspect -r 100 in.csv >seen; grep -q 'filter  *seismic: ' seen
    { cat in.csv in.csv in.csv in.csv in.csv; measured 'w + 3 * sin(t * t)'; } | tail -n 20000 >long.csv; lull inspect -r 5000 long.csv >seen; ! grep -q 'it never rests' seen
    measured 'w + sin(2 * t)' >one.csv; cat one.csv one.csv one.csv one.csv one.csv >in.csv; lull inspect -r 5000 in.csv >seen; grep -q 'filter  *vibration: ' seen
}

inspect_hears_all_channels() {
    beat='.2 * w + 10 * exp(-((t % 100 - 50) / 2) ^ 2)' breath='5 * sin(t / 60) + .01 * w'
    measured "$beat \",\" $beat" >in.csv; lull inspect -r 125 in.csv >seen; grep -q 'filter  *ecg: it beats' seen
    measured "$beat \",\" $breath" >in.csv; lull inspect -r 125 in.csv >seen; grep -q 'filter  *sensor: ' seen
    measured 'sin(t / 7) "," 30 * cos(t / 7) "," sin(t / 7) + .01 * w "," 900 * sin(t / 7)' >in.csv
    lull inspect -r 100 in.csv >seen; grep -q 'filter  *sensor: its channels are of several kinds' seen
}

inspect_takes_any_input_and_filter() {
    exits 0 lull inspect noise.wav >seen; grep -q 'filter  *speech: ' seen; grep -q '^  1  *-[0-9.]* dB ' seen
    lull inspect -f music noise.wav >seen; grep -q 'filter  *music$' seen; grep -q 'latency 896 frames (56 ms)' seen
    lull inspect -f ecg noise.wav >seen; grep -q 'filter  *ecg$' seen
    lull inspect -f speech -t raw -r 100 noise.raw >seen; grep -q 'not for this: the sample rate' seen
    repeat 1000 '\0000' >zero.raw; exits 0 lull inspect -t raw -r 100 zero.raw >seen; grep -q 'constant' seen
    printf '\001\002' | lull inspect -t raw -r 100 >seen; grep -q '(1 frames)' seen
    repeat 1000 '\0000\0000\0300\0177' | lull inspect -t raw -r 100 -e f32 >seen; grep -q '100.0 % missing' seen
    exits 66 lull inspect missing.wav; exits 65 lull inspect -t raw -r 100 /dev/null; says 'holds no samples'
    exits 78 lull inspect -f nonsense noise.wav; exits 74 lull inspect noise.wav >/dev/full
}

# ---- when the system fails

# Only one can trace: a leak checker built into the program has to step back.
trace() { ASAN_OPTIONS=detect_leaks=0 strace -qq -o /dev/null "$@"; }
traced() { what=$1; shift; trace -P "$what" "$@"; }

errors_of_the_system_are_errors() {
    trace true || return 0            # tracing is not allowed here
    exits 74 traced noise.wav -e inject=read:error=EIO:when=20 "$LULL" noise.wav out.wav
    exits 74 traced noise.raw -e inject=read:error=EIO:when=2 "$LULL" -t raw -r 16000 noise.raw out.wav
    exits 74 traced /dev/null -e inject=write:error=ENOSPC:when=3 "$LULL" noise.wav /dev/null
    exits 74 traced noise.wav -e inject=read:error=EIO:when=1 "$LULL" noise.wav out.wav
    rm -f out.wav
    exits 74 trace -e inject=write:error=ENOSPC:when=5 "$LULL" noise.wav out.wav
    absent out.wav; no_litter
    trace -o calls -e trace=write "$LULL" noise.wav out.wav        # the header comes last
    rm -f out.wav
    exits 74 trace -e inject=write:error=ENOSPC:when="$(wc -l <calls)" "$LULL" noise.wav out.wav
    absent out.wav; no_litter
}

interrupted_calls_are_repeated() {
    trace true || return 0
    lull noise.wav want.wav
    exits 0 traced noise.wav -e inject=read:error=EINTR:when=4+3 "$LULL" noise.wav out.wav; same want.wav out.wav
    lull -t raw -r 16000 noise.raw want.raw
    exits 0 traced noise.raw -e inject=read:error=EINTR:when=1+2 "$LULL" -t raw -r 16000 noise.raw out.raw
    same want.raw out.raw
    exits 0 trace -e inject=write:error=EINTR:when=1+2 "$LULL" -t raw -r 16000 noise.raw out.raw
    same want.raw out.raw
}

# ---- slow

five_gigabytes_pass_in_little_memory() {
    rf64 3 2 48000 64 5000000000 >big.wav; truncate -s 5000000080 big.wav
    [ "$( (ulimit -v 200000; lull big.wav) | wc -c)" = 5000000080 ]
}

it a_file_comes_out_as_long_and_as_it_was
it what_is_kept_and_what_is_removed_make_the_input
it with_mix_0_nothing_changes_at_16_and_24_bits
it reduction_0_leaves_the_input_and_more_takes_more
it every_latency_keeps_length_and_place
it a_latency_that_is_not_offered_is_told
it a_sound_shorter_than_the_latency_is_kept
it flac_in_and_out_loses_nothing
it the_name_decides_the_format
it titles_cues_and_broadcast_data_stay
it chunks_of_any_length_are_passed_over
it six_channels_stay_six_and_in_order
it fewer_bits_are_dithered_always_alike_and_not_with_D
it what_is_too_loud_is_clipped_and_counted
it samples_that_are_not_numbers_count_as_missing_and_are_told
it file_and_pipe_give_the_same_bytes
it a_pipe_in_odd_pieces_gives_the_same_bytes
it sound_passes_as_it_comes mkfifo
it every_raw_encoding_comes_back
it raw_becomes_a_file_where_the_name_says_so
it a_length_that_is_known_stands_in_the_header
it a_length_that_is_not_known_is_read_to_the_end
it streams_have_even_lengths_and_are_appended_as_they_are
it what_follows_the_sound_is_no_sound
it rf64_and_more_than_4_GiB_pass_through_pipes truncate timeout mkfifo
it floats_and_deep_samples_have_the_headers_they_need
it sox_reads_and_writes_our_pipes sox
it ffmpeg_reads_and_writes_our_pipes ffmpeg
it a_table_keeps_all_but_its_samples
it the_heartbeat_that_comes_along_loses_its_noise_and_no_beat
it with_mix_0_a_table_stays_byte_for_byte
it a_table_may_come_by_any_name_and_in_pieces
it a_named_file_of_sensors_is_rehearsed mkfifo
it a_named_file_is_heard_there_and_back_twice
it a_table_passes_as_it_comes mkfifo
it a_table_without_time_needs_a_rate
it an_array_keeps_type_shape_and_order
it numpy_reads_what_we_write python3
it a_thousand_and_24_channels_pass
it a_file_shorter_than_its_header_says_is_done_and_told
it half_a_frame_at_the_end_is_left_out_and_told
it headers_beyond_reason_are_refused
it what_is_no_sound_is_refused
it flac_in_a_pipe_is_refused_with_advice
it what_one_may_not_read_is_refused
it input_and_output_may_be_the_same_file
it a_full_device_is_an_error
it an_output_that_cannot_be_is_an_error
it an_error_leaves_what_was_there_and_nothing_else
it closed_streams_are_errors_and_not_files
it a_reader_that_leaves_is_no_error_to_talk_about truncate
it a_reader_of_the_log_that_leaves_leaves_the_sound_whole
it interrupted_it_leaves_a_whole_file timeout mkfifo
it interrupted_with_more_to_come_it_leaves_what_was_there timeout mkfifo
it interrupted_while_it_rehearses_it_ends_at_once timeout
it terminated_it_ends_a_stream_well timeout mkfifo
it it_is_silent_unless_asked
it help_fits_a_screen_and_more_help_has_every_option
it the_page_knows_every_option_and_command
it shells_can_complete_it bash
it progress_can_be_forced timeout mkfifo
it wrong_usage_is_64_and_says_why
it filters_are_listed_and_printed
it a_filter_may_be_a_file
it a_filter_that_is_wrong_says_where
it a_learned_filter_is_a_file_as_well gzip
it what_is_measured_has_a_filter_of_its_own
it what_was_learned_is_a_filter_and_says_where_from
it what_was_learned_fits_nothing_else
it sections_and_parts_are_of_the_recording
it several_recordings_are_learned_from_if_they_are_alike
it merged_filters_are_one
it a_noise_is_learned_and_known_again
it what_cannot_be_learned_leaves_what_was_there
it an_interrupted_lesson_leaves_what_was_there timeout mkfifo
it a_budget_is_kept
it what_a_filter_adds_is_kept_and_lent
it a_learned_filter_goes_on_in_chunks_as_well
it a_stream_in_chunks_comes_out_as_one
it chunks_may_be_files
it chunks_of_a_table_keep_their_rows
it a_table_of_days_needs_no_rate
it a_table_whose_time_jumps_is_told_of
it an_interrupted_chunk_is_gone_on_from timeout mkfifo
it a_state_that_is_none_is_refused_and_stays
it a_state_has_a_file_of_its_own mkfifo
it every_key_of_a_filter_is_in_the_manual
it inspect_tells_what_a_signal_holds
it inspect_finds_hum
it inspect_finds_odd_channels
it inspect_knows_kinds_of_signals_by_how_they_move
it inspect_hears_all_channels
it inspect_takes_any_input_and_filter
it the_log_has_a_line_a_tenth_and_a_summary
it the_log_is_json python3
it errors_of_the_system_are_errors strace
it interrupted_calls_are_repeated strace
[ -z "$SLOW" ] || it five_gigabytes_pass_in_little_memory truncate

concludes
