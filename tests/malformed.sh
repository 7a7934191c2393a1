#!/bin/sh
# SPDX-License-Identifier: MIT
#
# malformed.sh - files that are not what they say: each is refused with its
# name, the reason and the right exit status, from a file and from a pipe,
# leaves nothing behind, and takes neither time nor memory.
#
#     LULL=build/release/lull sh tests/malformed.sh
#
# shellcheck disable=SC2059,SC2086

LULL=$(cd "$(dirname "${LULL:?the program to test}")" && pwd)/$(basename "$LULL")
T=$(mktemp -d) || exit 1
trap 'rm -rf "$T"' EXIT
cd "$T" || exit 1
kinds=0 failed=0
export LC_ALL=C                 # numbers have points

# 64 MiB, unless the program is built to need terabytes.
limit=''
{ (ulimit -v 65536 && "$LULL" -V) && limit='ulimit -v 65536;'; } >/dev/null 2>&1
watch=''
command -v timeout >/dev/null && watch='timeout -k 1 2'

attempt() {                     # attempt NAME OPTIONS...: status is left in `got`, messages in `err`
    name=$1
    shift
    rm -f out.*
    if [ "$name" = "standard input" ]; then
        cat bad | (eval "$limit"; $watch "$LULL" "$@" - out.$ext) 2>err
    else
        cp bad "$name"
        (eval "$limit"; $watch "$LULL" "$@" "$name" out.$ext) 2>err </dev/null
    fi
    got=$?
}

judge() {                       # judge NAME STATUS REASON
    [ "$got" = "$2" ] && grep -q "^lull: $1: .*$3" err && [ "$(wc -l <err)" = 1 ] &&
        [ ! -e "out.$ext" ] && [ -z "$(find . -name '*.lull*')" ] && return
    failed=$((failed + 1))
    echo "not ok - $kind, as $1: exit $got, not $2 with '$3':"
    sed 's/^/#   /' err
    ls -d out.* 2>/dev/null
}

# What is in the file `bad` is refused, from a file of the name NAME and from a pipe.
refused() {                     # refused KIND STATUS REASON NAME [OPTIONS...]
    kind=$1 status=$2 reason=$3 name=$4
    ext=${4##*.}
    shift 4
    kinds=$((kinds + 1))
    attempt "$name" "$@"
    judge "$name" "$status" "$reason"
    case $ext in csv | npy) set -- -t $ext "$@" ;; esac
    attempt "standard input" "$@"
    judge "standard input" "$status" ''
}

le() {                          # le BYTES NUMBER: little-endian
    k=$1 v=$2
    while [ "$k" -gt 0 ]; do
        printf "\\$(printf %03o $((v & 255)))"
        v=$((v >> 8)) k=$((k - 1))
    done
}
zeros() { head -c "$1" /dev/zero; }

# ---- sound

fmt() {                         # fmt SIZE CODE CHANNELS RATE ALIGN BITS
    printf 'fmt '; le 4 "$1"; le 2 "$2"; le 2 "$3"; le 4 "$4"; le 4 $(($4 * $5)); le 2 "$5"; le 2 "$6"
}
wav() {                         # wav CODE CHANNELS RATE ALIGN BITS
    printf RIFF; le 4 2036; printf WAVE; fmt 16 "$@"; printf data; le 4 2000; zeros 2000
}
sound() { refused "$1" "$2" "$3" bad.wav; }

wav 1 1 16000 2 16 >good
for n in 1 3 4 7 8 11 12 15 16 19 20 23 34 35 36 39 40 43; do
    head -c $n good >bad
    sound "WAV cut after $n bytes" 65 ''
done
wav 1 65535 16000 65534 16 >bad; sound '65535 channels' 65 ''
wav 1 1 2147483647 2 16 >bad; sound '2^31-1 Hz' 65 ''
wav 1 1 4294967295 2 16 >bad; sound '2^32-1 Hz' 65 ''
wav 1 1 16000 5 33 >bad; sound 'integers of 33 bits' 65 ''
wav 3 1 16000 2 16 >bad; sound 'floats of 16 bits' 65 ''
wav 1 1 16000 7 56 >bad; sound 'integers of 56 bits' 65 ''
wav 1234 1 16000 2 16 >bad; sound 'an unheard-of coding' 65 ''
wav 0 1 16000 2 16 >bad; sound 'coding 0' 65 ''
wav 65534 1 16000 2 16 >bad; sound 'extensible without the extension' 65 ''
{ head -c 12 good; printf data; le 4 2000; zeros 2000; } >bad; sound 'no format' 65 ''
{ head -c 12 good; printf 'fmt '; le 4 4; le 4 1; printf data; le 4 20; zeros 20; } >bad; sound 'a format of 4 bytes' 65 ''
{ head -c 12 good; printf junk; le 4 4294967294; zeros 3000; } >bad; sound 'a chunk of 4 GiB' 65 ''
{ head -c 12 good; zeros 80000; } >bad; sound 'ten thousand empty chunks' 65 ''
{ head -c 36 good; printf LIST; le 4 2147483647; printf INFO; } >bad; sound 'a list of 2 GiB' 65 ''
{ printf RF64; le 4 4294967295; printf WAVEds64; le 4 4; zeros 4; } >bad; sound 'RF64 with half a ds64' 65 ''
{ printf RIFX; tail -c +5 good | head -c 8; } >bad; sound 'RIFX cut short' 65 ''
printf 'RIFF\377\377\377\377AVI LIST' >bad; sound 'RIFF, but no WAVE' 65 ''
"$LULL" good whole.flac; "$LULL" good whole.aiff; "$LULL" good whole.au; "$LULL" good whole.caf; "$LULL" good whole.w64
for f in flac:4 flac:20 flac:41 aiff:4 aiff:20 aiff:40 au:4 au:16 au:23 caf:4 caf:30 caf:60 w64:16 w64:60 w64:100; do
    head -c "${f#*:}" "whole.${f%:*}" >bad
    sound "${f%:*} cut after ${f#*:} bytes" 65 ''
done
zeros 3000 >bad; sound 'nothing but zeros' 65 ''
seq 1 9000 | gzip -nc | tail -c 3000 >bad; sound 'noise' 65 ''
printf '\0' >bad; sound 'one byte' 65 ''
printf '\177ELF\002\001\001' >bad; sound 'a program' 65 ''
printf '%%PDF-1.4\n' >bad; sound 'a document' 65 ''
printf '{"x": [1, 2, 3]}\n' >bad; sound 'JSON' 65 ''
printf '<html>\n<p>404 not found\n' >bad; sound 'a page of a web server' 65 'nor a table'

# ---- tables

table() {                       # table KIND REASON TEXT: in printf's escapes, at 16 kHz
    printf "$3" >bad
    refused "$1" 65 "$2" bad.csv -r 16000
}
table 'no row' 'nor a table' 'a,b,c\n'
table 'empty lines' 'nor a table' '\n\n\n'
table 'remarks' 'nor a table' '# a\n# b'
table 'letters in the last row' 'line 3, column 2: "x"' 'a,b\n1,2\n3,x'
table 'letters in the first column' 'line 3, column 1: "x"' 'a,b\n1,2\nx,3\n'
table 'letters in the first row' 'line 2, column 2: "b"' 'a,b\n1,b\n2,3\n'
table 'a row too long' 'line 3: more than 2 columns' 'a,b\n1,2\n1,2,3\n'
table 'a row too short' 'line 3: 1 column, where 2' 'a,b\n1,2\n1\n'
table 'half a last row' 'line 3: 1 column, where 3' 'a,b,c\n1,2,3\n1'
table 'another delimiter on the way' 'line 2' '1,2\n1;2\n'
table 'a quote that stays open' 'line 2, column 2: its quote' '1,2\n1,"2\n'
table 'a quote that opens late' 'line 2, column 2' '1,2\n1,2"\n'
table 'points for thousands' 'line 2, column 1' '1;2\n1.000.000;2\n'
table 'hexadecimals' 'line 2, column 2' '1,2\n1,0x10\n'
table 'units behind the numbers' 'line 2, column 2' '1,2\n1,2 mV\n'
table 'two signs' 'line 2, column 2' '1,2\n1,--2\n'
table 'an exponent without digits' 'line 2, column 2' '1,2\n1,2e\n'
table 'zero bytes' 'line 2, column 2: "\\x00"' '1,2\n1,\0\n'
table 'escapes for a terminal' 'line 2, column 2: "\\x1b' '1,2\n1,\033[2J\n'
table 'UTF-16' 'UTF-16' '\377\3761\0,\0002\0\n\0'
table 'UTF-16 from the other end' 'UTF-16' '\376\377\0001\0,\0002\0\n'
table 'lines that end in CR alone' 'a CR within' 'a,b\r1,2\r3,4\r'
table 'nothing but time' 'no numbers but times' 'time,date\n0.1,2026\n0.2,2026\n0.3,2026\n'
table 'a document' 'nor a table' '%%PDF-1.4\n'
{ printf '1,2\n1,'; zeros 1100000 | tr '\0' 1; printf '!\n'; } >bad
refused 'a line of a megabyte' 65 'line 2: is longer than 1 MiB' bad.csv -r 16000
zeros 3000000 | tr '\0' ' ' >bad; refused 'three megabytes of blanks' 65 'longer than 1 MiB' bad.csv -r 16000
{ zeros 20000 | tr '\0' ','; echo; } | sed 's/,/1,/g' >bad; refused 'twenty thousand columns' 65 'more than 8192 columns' bad.csv -r 16000
{ zeros 8000 | tr '\0' ','; echo 1; } | sed 's/,/1,/g' >bad; refused 'eight thousand channels' 65 '8001 channels' bad.csv -r 16000
for text in '1\n2\n3\n' 'a,b\n1,2\n3,4\n' '0,7\n1,8\n2,9\n3,7\n' 'time,x\n0,1\n0,2\n0,3\n' 'time,x\n5,1\n4,2\n3,3\n' \
    'time,x\n0,1\n' 'time,x\nnoon,1\nafter,2\n' 'time,x\n0,1\n9,2\n10,3\n99,3\n'; do
    printf "$text" >bad; refused "no rate in $text" 64 'give rows per second' bad.csv
done

# ---- arrays

npy() {                         # npy VERSION LENGTH DICTIONARY: and 16 bytes of samples
    printf '\223NUMPY'; le 1 "$1"; le 1 0; le $(($1 > 1 ? 4 : 2)) "$2"; printf '%s\n' "$3"
    printf '0123456789abcdef'
}
made() { npy 1 $((${#1} + 1)) "$1"; }
array() {                       # array KIND REASON DICTIONARY
    made "$3" >bad
    refused "$1" 65 "$2" bad.npy -r 16000
}
entry() { echo "{'descr': $1, 'fortran_order': $2, 'shape': $3, }"; }
made "$(entry "'<f4'" False '(4,)')" >good.npy
for n in 1 5 6 7 8 9 10 11 30 58; do
    head -c $n good.npy >bad; refused "NPY cut after $n bytes" 65 '' bad.npy -r 16000
done
npy 9 60 "$(entry "'<f4'" False '(4,)')" >bad; refused 'version 9' 65 'version 9' bad.npy -r 16000
npy 2 4294967295 '{}' >bad; refused 'a header of 4 GiB' 65 damaged bad.npy -r 16000
npy 1 0 '' >bad; refused 'a header of 0 bytes' 65 damaged bad.npy -r 16000
array 'no dictionary' damaged 'hello'
array 'an open dictionary' damaged "{'descr': '<f4',"
array 'no type' damaged "{'fortran_order': False, 'shape': (4,)}"
array 'an unknown key' damaged "{'descr': '<f4', 'fortran_order': False, 'shape': (4,), 'x': 1}"
array 'an open string' damaged "{'descr': '<f4"
array 'several fields' damaged "$(entry "[('a', '<f4')]" False '(4,)')"
array 'objects' "array of '|O'" "$(entry "'|O'" False '(4,)')"
array 'complex numbers' "array of '<c8'" "$(entry "'<c8'" False '(4,)')"
array 'integers of 64 bits' "array of '<i8'" "$(entry "'<i8'" False '(4,)')"
array 'neither order' damaged "$(entry "'<f4'" 1 '(4,)')"
array 'no axis' '0 axes' "$(entry "'<f4'" False '()')"
array 'three axes' '3 axes' "$(entry "'<f4'" False '(1, 2, 2)')"
array 'a negative length' damaged "$(entry "'<f4'" False '(-4,)')"
array 'a length of 20 digits' damaged "$(entry "'<f4'" False '(99999999999999999999,)')"
array 'no channel' '0 channels' "$(entry "'<f4'" False '(4, 0)')"
array 'no frame' 'no samples' "$(entry "'<f4'" False '(0,)')"
array 'channels first' 'x.T turns it round' "$(entry "'<f4'" False '(2, 70000)')"
npy 1 80 "$(entry "'<f4'" False '(4,)')" >bad; refused 'a header longer than the file' 65 damaged bad.npy -r 16000
array 'Fortran order, cut short' shorter "$(entry "'<f4'" True '(9, 2)')"
array 'Fortran order, beyond all sense' '' "$(entry "'<f4'" True '(36028797018963967, 2)')"
cp good.npy bad; refused 'no rate' 64 'holds no rate' bad.npy
echo 1,2 >bad; refused 'a table by the name of an array' 65 'not an NPY array' bad.npy -r 16000
cp good.npy bad; refused 'an array by the name of a table' 65 '' bad.csv -r 16000

# ---- learned filters

awk 'BEGIN { s = 3; print "time,a,b"; for (t = 0; t < 1500; t++) { s = (s * 16807) % 2147483647
    printf "%.3f,%.5f,%.5f\n", t / 250, sin(t / 9) * sin(t / 99), cos(t / 9) + s / 1e12 } }' >in.csv
"$LULL" learn -q -f ecg in.csv -o whole.filter

# As a filter, an adapter, a part of another, something to look at, to learn from.
lesson() {                      # lesson KIND REASON: what is in the file `bad`
    kind=$1 ext=csv
    kinds=$((kinds + 1))
    cp bad bad.filter
    for use in '-f bad.filter in.csv out.csv' '-f whole.filter --adapt 2 --adapter bad.filter in.csv out.csv' \
        'merge bad.filter whole.filter -o out.csv' 'merge whole.filter bad.filter -o out.csv' 'inspect bad.filter' \
        'learn -f bad.filter in.csv -o out.csv'; do
        (eval "$limit"; $watch "$LULL" $use) 2>err </dev/null >said
        got=$?
        judge 'bad.filter[:0-9]*' 78 "$2"
        [ ! -s said ] || { echo "not ok - $kind: something is said of it"; failed=$((failed + 1)); }
    done
}
flip() {                        # flip AT: a byte of whole.filter
    head -c "$1" whole.filter
    printf "\\$(printf %03o $((255 - $(od -An -t u1 -j "$1" -N 1 whole.filter))))"
    tail -c +$(($1 + 2)) whole.filter
}
forged() {                      # forged KIND REASON BODY [KEYS]: well sealed, in printf's escapes
    { printf 'format = 1.0\nengine = subspace\njoint = yes\n%b' "$4"; printf 'rate = 250\nchannels = 2\nbody = '
      printf "$3" | wc -c; printf '\000'; printf "$3"; } >sealed
    { cat sealed; le 4 "$(gzip -nc <sealed | tail -c 8 | head -c 4 | od -An -t u4)"; } >bad
    lesson "$1" "$2"
}
size=$(wc -c <whole.filter)
for n in 20 400 700 $((size / 2)) $((size - 5)) $((size - 1)); do
    head -c "$n" whole.filter >bad; lesson "a learned filter cut after $n bytes" ''
done
for at in 3 10 60 500 700 $((size / 2)) $((size - 6)) $((size - 1)); do
    flip "$at" >bad; lesson "a learned filter with byte $at turned over" ''
done
sed 's/^rate = 250/rate = 500/' whole.filter >bad; lesson 'a learned filter edited' 'edited'
{ cat whole.filter; echo; } >bad; lesson 'a learned filter and more' 'checksum'
{ printf 'format = 1.0\n'; zeros 100000; } >bad; lesson 'a hundred thousand zeros' ''
printf 'format = 7.1\n\000' >bad; lesson 'a format of the future' 'newer lull'
forged 'a section beyond the end' 'beyond the end' 'SIGN\377\377\377\177'
forged 'a section of the largest size' 'beyond the end' 'SIGN\377\377\377\377abc'
forged 'half a section' 'beyond the end' 'SIG'
forged 'an unknown section' 'none that this version knows' 'SIGH\000\000\000\000'
forged 'a section twice' 'twice' 'NOIS\000\000\000\000NOIS\000\000\000\000'
forged 'a lesson of zeros' '' 'SIGN\\020\\000\\000\\000\\000\\000\\000\\000\\000\\000\\000\\000\\000\\000\\000\\000\\000\\000\\000\\000'
forged 'a lesson of nothing' '' 'SIGN\\000\\000\\000\\000'
forged 'a key that is none' 'no such key' '' 'lagz = 3\n'
forged 'a key twice' 'told already' '' 'format = 1.0\n'

echo "$kinds kinds of malformed input, $failed not refused as they should be"
[ "$failed" = 0 ]
