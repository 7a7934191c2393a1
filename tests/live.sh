#!/bin/sh
# SPDX-License-Identifier: MIT
#
# live.sh - `lull live` without a sound card: ALSA's file devices, which have no
# clock and lose nothing, and a JACK server in freewheel.  What is not
# installed is skipped, and said to be.
#
#     LULL=build/release/lull PROOFS=build/release/tests/live sh tests/live.sh
#
# MINUTES of sound for the long test (10, sanitized 1).  Figures are told as they are measured.
#
# shellcheck disable=SC2086,SC2317

HERE=$(cd "$(dirname "$0")" && pwd)
absolute() { echo "$(cd "$(dirname "$1")" && pwd)/$(basename "$1")"; }
LULL=$(absolute "${LULL:?the program to test}")
PROOFS=$(absolute "${PROOFS:?the directory of the helpers}")
T=$(mktemp -d) || exit 1
# PortAudio and the plugins of ALSA leave memory behind when a device closes: theirs.
export ASAN_OPTIONS=detect_leaks=0
# By names without blanks, for LD_PRELOAD and script.
mkdir "$T/our"
for ours in "$LULL" "$PROOFS" ${LADSPA:+"$LADSPA"}; do ln -s "$ours" "$T/our"; done
LULL=$T/our/$(basename "$LULL") PROOFS=$T/our/$(basename "$PROOFS")
[ -z "$LADSPA" ] || LADSPA=$T/our/$(basename "$LADSPA")
trap '[ ! -f "$T/jackd.pid" ] || kill -9 "$(cat "$T/jackd.pid")"; rm -rf "$T"' EXIT
cd "$T" || exit 1
. "$HERE/it.sh"
lull() { timeout -k 5 100 "$LULL" "$@"; }
now_ms() { echo $(($(date +%s%N) / 1000000)); }

# A sanitized program is slower, and no user's: it has ten times as long.
slack=1 minutes=${MINUTES:-10}
[ "${FLAVOUR:-release}" = release ] || slack=10 minutes=${MINUTES:-1}

# What a command took, in ms, at most LIMIT; said either way.
within() {                      # within LIMIT COMMAND...
    limit=$(($1 * slack)) began=$(now_ms) status=0
    shift
    "$@" || status=$?
    took=$(($(now_ms) - began))
    echo "# $took ms (at most $limit): $*" >&3
    [ $status = 0 ] && [ $took -le $limit ]
}

number() { sed -n "s/.*\"$1\":\\([0-9.]*\\).*/\\1/p" "$2" | tail -n 1; }    # number KEY LOG
frames() { lull -q --log log.$$ -m 0 "$1" out.raw; number frames log.$$; }

# ---- devices that are files

cat >asound.conf <<E
</usr/share/alsa/alsa.conf>
pcm.nul { type null }
pcm.lullmic { type file slave.pcm nul file /dev/null infile $T/in.raw format raw }
pcm.lullspk { type file slave.pcm nul file $T/out.raw format raw }
E
export ALSA_CONFIG_PATH="$T/asound.conf" JACK_NO_START_SERVER=1 JACK_NO_AUDIO_RESERVATION=1
block=256
# A machine that is too busy makes lull do less, which it tells: then once more.
live() {
    for try in 1 2 3 4 5; do
        rm -f out.raw
        lull live -q -I lullmic -O lullspk --block $block "$@" --log log || return
        [ "$(number relieved log)" != 0 ] || return 0
    done
}

# out.raw begins with the blocks that fill the device's buffers.
preroll() { echo $((($(wc -c <out.raw) - $(wc -c <in.raw)) / 4)); }
same_from() {                   # same_from A SKIPPED B: until one of them ends
    n=$(($(wc -c <"$1") - 4 * $2)) m=$(wc -c <"$3")
    [ "$n" -gt 4000 ]
    cmp -i "$((4 * $2)):0" -n "$((n < m ? n : m))" "$1" "$3"
}

bypassed_it_is_bit_exact_for_minutes() {
    "$PROOFS/sound" 60 48000 >minute.raw
    for _ in $(seq $minutes); do cat minute.raw; done >in.raw
    (live -b -d $((60 * minutes)); times) >times
    took=$(awk 'END { split($1 "m" $2, t, /[ms]+/); print 60 * (t[1] + t[3]) + t[2] + t[4] }' times)
    echo "# $minutes minutes of sound took $took s of CPU time (at most $((20 * slack)))" >&3
    awk -v s="$took" -v most=$((20 * slack)) 'BEGIN { exit !(s > 0 && s <= most) }'
    same_from out.raw $(($(preroll) + 480)) in.raw
    rm out.raw
}

what_is_heard_is_what_a_file_gets() {
    "$PROOFS/sound" 10.24 48000 >in.raw
    for latency in 10:480 16:768 32:1536; do
        rm -f out.raw
        live -l ${latency%:*} -d 10.24
        lull -t raw -r 48000 -e f32 -l ${latency%:*} in.raw want.raw
        same_from out.raw $(($(preroll) + ${latency#*:})) want.raw
    done
}

the_size_of_blocks_changes_nothing() {
    "$PROOFS/sound" 10.24 48000 >in.raw
    lull -t raw -r 48000 -e f32 -l 10 in.raw want.raw
    for block in 48 64 1024; do
        rm -f out.raw
        live -d 10.24
        same_from out.raw $(($(preroll) + 480)) want.raw
    done
}

a_recording_is_what_is_heard() {
    "$PROOFS/sound" 4.096 48000 >in.raw
    lull live -q -I lullmic --record rec.wav -d 4.096
    [ "$(frames rec.wav)" = 196608 ]
    lull -q -m 0 rec.wav heard.wav
    lull -t raw -r 48000 -e f32 -l 10 in.raw - | wc -c >size; [ "$(cat size)" = 786432 ]
}

killed_it_leaves_a_valid_recording() {
    "$PROOFS/sound" 4.096 48000 >in.raw
    "$LULL" live -q -I lullmic --record rec.wav &
    sleep 2.2
    kill -9 $!
    wait $! || true
    n=$(frames rec.wav)
    echo "# $n frames are in the header after SIGKILL" >&3
    [ "$n" -gt 48000 ]
}

the_first_block_comes_soon() {
    "$PROOFS/sound" 1.024 48000 >in.raw
    for try in 1 2 3; do
        live -d 1
        echo "# first block after $(number first_ms log) ms" >&3
        [ "$(number first_ms log)" -gt 300 ] || return 0
    done
    return 1
}

ended_by_a_signal_it_is_quick() {
    "$PROOFS/sound" 1.024 48000 >in.raw
    "$LULL" live -q -I lullmic -O none --record rec.wav &
    sleep 1
    began=$(now_ms) status=0
    kill -TERM $!
    wait $! || status=$?
    echo "# SIGTERM to the end: $(($(now_ms) - began)) ms" >&3
    [ $status = 143 ]; [ $(($(now_ms) - began)) -le $((2000 * slack)) ]; frames rec.wav >n; [ -s n ]
}

the_log_says_what_it_cost() {
    "$PROOFS/sound" 10.24 48000 >in.raw
    live -d 10
    grep -q '"summary":true.*"frames":480000' log; grep -q '"live":true,"xruns":[0-9]' log
    [ "$(number latency_frames log)" = 480 ]
}

keys_do_what_they_say() {
    "$PROOFS/sound" 1.024 48000 >in.raw
    (sleep 1; for k in b r + + - f l; do printf %s $k; sleep .1; done; sleep .3; printf q) |
        LC_ALL=C.UTF-8 script -qec "$LULL live -I lullmic -O none" screen >/dev/null
    grep -q 'at most 27 dB' screen; grep -q 'learning the noise anew' screen
    grep -q "$(printf '\033')\\[7m\\[b]ypass" screen; grep -q "$(printf '\033')\\[7m\\[f]reeze" screen
    grep -q latency screen; grep -q '▕█' screen
}

nothing_is_cut_off_in_80_columns() {
    "$PROOFS/sound" 1.024 48000 >in.raw
    (sleep 1; printf q) | script -qec "stty cols 80 rows 24; $LULL live -I lullmic -O lullspk -n 60" screen >/dev/null
    for last in 'latency .* ms' 'removed .* dB' 'cpu .* at most 60 dB  0:[0-9]*:[0-9]*' 'q.uit'; do
        grep -q "$last$(printf '\033').K" screen
    done
}

what_was_learnt_is_kept_for_next_time() {
    "$PROOFS/sound" 4.096 48000 >in.raw
    rm -f s; live -d 1; mv out.raw fresh.raw
    exits 0 lull live -q -I lullmic -O none --state s -d 4; [ -s s ]; no_litter
    live -d 1 --state s; differ out.raw fresh.raw
    cp s good; head -c 1000 good >s; cp s bad
    exits 65 lull live -I lullmic -O none --state s -d 1; says '^lull: s: .*damaged'; cmp s bad
    cp good s; exits 65 lull live -l 32 -I lullmic -O none --state s -d 1; says '^lull: s: '; cmp s good
    exits 73 lull live -I lullmic -O none --state none/s -d 1; says '^lull: none/s: '
}

a_key_saves_what_was_learnt() {
    "$PROOFS/sound" 1.024 48000 >in.raw
    rm -f s
    "$LULL" live -q -I lullmic -O none --state s -d 1; cp s first
    (sleep 1; printf s; sleep 1; cp s then; printf q) |
        script -qec "$LULL live -I lullmic -O none --state s" screen >/dev/null
    grep -q 's: what was learned is saved' screen; differ first then; differ then s
    (sleep 1; printf s; sleep .5; printf q) | script -qec "$LULL live -I lullmic -O none" screen >/dev/null
    grep -q 'save it where' screen
}

devices_are_listed_and_found_by_words() {
    lull devices >list; grep -q lullmic list
    exits 0 lull live -q -I LULLM -O 'alsa spk' -d 1 </dev/null
    exits 64 lull live -I lull -d 1; says 'could be lullmic or lullspk'
    exits 69 lull live -I nonsense -d 1; says 'nonsense: no such microphone'; [ "$(wc -l <err)" = 1 ]
    exits 69 lull live -I 99; says '99: no microphone'
}

without_a_device_it_says_so_in_a_line() {
    : >empty
    export ALSA_CONFIG_PATH="$T/empty"
    exits 69 lull live; says 'no sound device'; [ "$(wc -l <err)" = 1 ]
    exits 69 lull devices; [ "$(wc -l <err)" = 1 ]
    within 1000 exits 69 lull live
}

wrong_use_is_64() {
    for bad in '--latency x' '--latency -3' '-l 12' '--block 0' '-c 1.5' '-c 0' '-d 0' '-n 61' 'a'; do
        exits 64 lull live -I lullmic -O lullspk -d 1 $bad; [ "$(wc -l <err)" = 1 ]
    done
    exits 78 lull live -I lullmic -O none -d 1 -f nonsense
    exits 73 lull live -I lullmic -d 1 --record /nonsense/a.wav
}

a_full_disk_ends_it() {
    "$PROOFS/sound" 1.024 48000 >in.raw
    exits 74 timeout 20 "$LULL" live -q -I lullmic --record /dev/full; says '/dev/full: No space'
}

# ---- a sound server without a clock

jack() {                        # jack RATE PERIOD: a server of our own
    # A name of few: JACK keeps room for 8, and that of a server that was killed is
    # only free for one of the same name.
    [ ! -f jackd.pid ] || unjack        # of a test that failed
    export JACK_DEFAULT_SERVER=lull$(($$ % 3))
    jackd --no-realtime -n $JACK_DEFAULT_SERVER -d dummy -r $1 -p $2 >jackd.log 2>&1 &
    echo $! >jackd.pid
    for i in 1 2 3 4 5 6 7 8 9 10; do
        jack_lsp >/dev/null 2>&1 && return
        sleep .2
    done
    cat jackd.log
    return 1
}
unjack() {
    kill "$(cat jackd.pid)"
    for i in 1 2 3 4 5 6 7 8 9 10; do
        kill -0 "$(cat jackd.pid)" 2>/dev/null || break
        sleep .1
    done
    kill -9 "$(cat jackd.pid)" 2>/dev/null || true
    rm -f jackd.pid
}

by_jack_the_delay_is_ours_and_one_period() {
    "$PROOFS/sound" 10.24 48000 >in.raw
    for period in 128 1024; do
        jack 48000 $period
        "$LULL" live -q -I system -O system -b -l 10 &
        live=$!
        sleep .7
        timeout 60 "$PROOFS/jackfile" in.raw out.raw PortAudio >told || echo "jackfile: $?"
        kill $live
        wait $live || true
        unjack
        same_from out.raw $((480 + period)) in.raw
    done
}

a_rate_that_cannot_be_is_told() {
    jack 44100 256
    exits 0 lull live -I system -O system -r 48000 -d .5; says '48000 Hz was refused; running at 44100 Hz'
    exits 0 lull live -q -I system -O system -d .5; silent
    unjack
}

a_server_that_dies_is_told_within_a_second() {
    jack 48000 256
    "$LULL" live -q -I system -O system 2>err &
    live=$!
    sleep 1
    began=$(now_ms) status=0
    kill -9 "$(cat jackd.pid)"
    rm jackd.pid
    wait $live || status=$?
    echo "# server killed to exit $status: $(($(now_ms) - began)) ms" >&3
    [ $status = 69 ]; [ $(($(now_ms) - began)) -le $((1000 * slack)) ]; says 'gone'
}

# ---- real time

GUARD="env LD_PRELOAD=$PROOFS/guard.so"

real_time_code_never_allocates_locks_or_waits() {
    $GUARD "$PROOFS/rt" $LADSPA >&3
}

real_time_code_never_calls_the_system() {
    "$PROOFS/rt" kernel $LADSPA >&3
}

what_does_is_caught() {
    exits 99 $GUARD "$PROOFS/rt" plant; says 'malloc'
    exits 98 "$PROOFS/rt" kernel plant
}

# ---- other people's programs

# What ffmpeg makes of in.raw by way of the plugin, with these controls.
hosted() {
    LADSPA_PATH=$(dirname "$LADSPA") ffmpeg -loglevel error -y -f f32le -ar 48000 -ac $1 -i in.raw \
        -af "ladspa=file=lull_ladspa:plugin=$2:controls=$3" -f f32le got.raw
}
plain() { lull -t raw -r 48000 -e f32 "$@" in.raw want.raw; }

a_host_of_the_plugin_gets_what_a_file_gets() {
    "$PROOFS/sound" 4.096 48000 >in.raw
    plain; hosted 1 lull_mono c0=24; same_from got.raw 1536 want.raw
    plain -l 10 -n 12 -m .7; hosted 1 lull_mono 'c0=12|c1=.7|c5=10'; same_from got.raw 480 want.raw
    plain -x; hosted 1 lull_mono c2=1; same_from got.raw 1536 want.raw
    plain -m 0; hosted 1 lull_mono c3=1; same_from got.raw 1536 want.raw
    plain -c 2; hosted 2 lull_stereo c0=24; same_from got.raw 3072 want.raw
    plain -f declick; hosted 1 lull_mono 'c4=2'; differ got.raw in.raw
}

a_host_may_have_a_filter_of_ones_own() {
    "$PROOFS/sound" 4.096 48000 >in.raw
    printf 'engine = subspace\nlags = 8\n' >my.filter
    plain -f my.filter -n 24
    export LULL_FILTER="$T/my.filter"
    hosted 1 lull_mono 'c0=24|c4=-1'; same_from got.raw 7 want.raw
    plain
    for bad in "$T/none.filter" "$T/in.raw" ''; do
        LULL_FILTER=$bad hosted 1 lull_mono 'c0=24|c4=-1' 2>err; says 'lull: LULL_FILTER: '
        same_from got.raw 1536 want.raw
    done
}

noise_db() { lull -q -m 0 --log log.$$ "$1" x.raw; sed -n 's/.*"noise_db":\([-0-9]*\).*/\1/p' log.$$ | sort -n | sed -n 15p; }
quieter() { [ "$(noise_db "$1")" -lt $(($(noise_db in.wav) - 10)) ]; }
sox_and_applyplugin_run_it() {
    "$PROOFS/sound" 4.096 48000 >in.raw
    sox -t f32 -r 48000 -c 1 in.raw -b 16 in.wav
    export LADSPA_PATH="$(dirname "$LADSPA")"
    analyseplugin lull_ladspa.so >said; grep -q lull_stereo said
    applyplugin in.wav out.wav lull_ladspa.so lull_mono 24 1 0 0 0 32 >/dev/null; quieter out.wav
    sox in.wav out2.wav ladspa lull_ladspa lull_mono 24 1 0 0 0 32 0; quieter out2.wav
}

exec 3>&1
if [ -n "$LADSPA" ] && [ "${FLAVOUR:-release}" = release ]; then      # hosts bring no sanitizer
    it a_host_of_the_plugin_gets_what_a_file_gets ffmpeg
    it a_host_may_have_a_filter_of_ones_own ffmpeg
    it sox_and_applyplugin_run_it sox applyplugin
fi
if [ "${FLAVOUR:-release}" = release ]; then    # sanitizers allocate where they like
    it what_does_is_caught
    it real_time_code_never_allocates_locks_or_waits
    it real_time_code_never_calls_the_system
fi
"$PROOFS/sound" 1.024 48000 >in.raw
if lull devices 2>/dev/null | grep -q lullmic; then
    it without_a_device_it_says_so_in_a_line
    it devices_are_listed_and_found_by_words
    it wrong_use_is_64
    it bypassed_it_is_bit_exact_for_minutes
    it what_is_heard_is_what_a_file_gets
    it the_size_of_blocks_changes_nothing
    it a_recording_is_what_is_heard
    it killed_it_leaves_a_valid_recording
    it the_first_block_comes_soon
    it ended_by_a_signal_it_is_quick
    it the_log_says_what_it_cost
    it keys_do_what_they_say script
    it nothing_is_cut_off_in_80_columns script
    it what_was_learnt_is_kept_for_next_time
    it a_key_saves_what_was_learnt script
    it a_full_disk_ends_it
    it by_jack_the_delay_is_ours_and_one_period jackd jack_lsp "$PROOFS/jackfile"
    it a_rate_that_cannot_be_is_told jackd jack_lsp
    it a_server_that_dies_is_told_within_a_second jackd jack_lsp
else
    echo "ok - lull live # SKIP built without PortAudio"
fi
concludes
