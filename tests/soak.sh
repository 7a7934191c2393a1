#!/bin/sh
# SPDX-License-Identifier: MIT
#
# soak.sh - `lull live` on a PulseAudio of our own in real time, and everything
# that a desktop does to it.  It needs a machine with time to spare; times are
# told as they are measured.
#
#     LULL=build/release/lull PROOFS=build/release/tests/live sh tests/soak.sh
#
# SECONDS_LONG of undisturbed sound (60); TESTS, if not all.
#
# shellcheck disable=SC2086,SC2317
HERE=$(cd "$(dirname "$0")" && pwd)
absolute() { echo "$(cd "$(dirname "$1")" && pwd)/$(basename "$1")"; }
LULL=$(absolute "${LULL:?the program to test}")
PROOFS=$(absolute "${PROOFS:?the directory of the helpers}")
T=$(mktemp -d) || exit 1
cd "$T" || exit 1
. "$HERE/it.sh"
mkdir -p run
chmod 700 run
export XDG_RUNTIME_DIR="$T/run" PULSE_RUNTIME_PATH="$T/run/p" PULSE_STATE_PATH="$T" HOME="$T"
export PULSE_SERVER="unix:$T/run/s" ALSA_CONFIG_PATH="$T/asound.conf" JACK_NO_START_SERVER=1
cat >asound.conf <<'E'
</usr/share/alsa/alsa.conf>
pcm.lullmic { type pulse device "mic.monitor" }
pcm.lullspk { type pulse device "spk" }
pcm.clickout { type pulse device "mic" }
pcm.clickin { type pulse device "spk.monitor" }
E
lull() { timeout -k 5 200 "$LULL" "$@"; }
now_ms() { echo $(($(date +%s%N) / 1000000)); }
number() { sed -n "s/.*\"$1\":\\([0-9.]*\\).*/\\1/p" "$2" | tail -n 1; }

MIC="module-null-sink sink_name=mic rate=48000 channels=1 format=float32le norewinds=1"
SPEAKER="module-null-sink sink_name=spk rate=48000 channels=1 format=float32le norewinds=1"

# The server of one test; norewinds=1, or a stream starts with a splice.
serve() {                       # serve [MICROPHONE]: a module with its arguments
    rm -f run/s
    pulseaudio -n --daemonize=no --exit-idle-time=-1 --use-pid-file=no --realtime=yes --high-priority=yes \
        -L "module-native-protocol-unix auth-anonymous=1 socket=$T/run/s" \
        -L "${1:-$MIC}" -L "$SPEAKER" >pulse.log 2>&1 &
    echo $! >pulse.pid
    for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
        pactl info >/dev/null 2>&1 && return
        sleep .1
    done
    cat pulse.log
    return 1
}
pulse() { kill "-$1" "$(cat pulse.pid)"; }
end() {
    [ ! -f pulse.pid ] || pulse KILL 2>/dev/null
    rm -f pulse.pid
}
trap 'end; rm -rf "$T"' EXIT

begin() {                       # begin OPTIONS...: lull in the background, running
    "$LULL" live -I lullmic -O lullspk --log log "$@" 2>err &
    live=$!
    sleep 2
}
ends() {                        # ends STATUS LIMIT BEGAN: it does, so soon after
    status=0
    wait $live || status=$?
    took=$(($(now_ms) - $3))
    echo "#   exit $status after $took ms (at most $2)" >&3
    [ $status = $1 ] && [ $took -le $2 ]
}

# The share of this machine that nobody has used since `ticks $1` was called, in %.
ticks() { awk '/^cpu / { for (i = 2; i <= 9; i++) all += $i; print $5 + $6, all }' /proc/stat >"$1"; }
spare() {
    ticks now
    paste "$1" now | awk '{ printf "%d", 100 * ($3 - $1) / ($4 - $2) }'
}

# Where others have taken what it needs, once more.
sound_flows_without_a_gap() {
    for try in 1 2 3; do
        serve
        ticks before
        lull live -q -I lullmic -O lullspk -l 10 -d ${SECONDS_LONG:-60} --log log
        spare before >idle
        end
        echo "#   ${SECONDS_LONG:-60} s: $(number xruns log) xruns, $(number restarts log) restarts, load $(number load log), first block $(number first_ms log) ms, delays $(number in_ms log) + $(number own_ms log) + $(number out_ms log) ms, $(cat idle) % of the machine idle" >&3
        [ "$(number xruns log)" = 0 ] || [ $(cat idle) -ge 75 ] || continue
        break
    done
    [ "$(number xruns log)" = 0 ]
    awk -v l="$(number load log)" -v o="$(number own_ms log)" 'BEGIN { exit !(l <= .05 && o <= 10) }'
}

a_signal_ends_it() {
    serve
    begin
    t=$(now_ms)
    kill -TERM $live
    ends 143 2000 $t
}

a_stuck_server_is_told_and_left() {
    serve
    begin
    t=$(now_ms)
    pulse STOP
    until grep -q 'no sound for a second' err; do
        [ $(($(now_ms) - t)) -lt 3000 ]
        sleep .02
    done
    echo "#   told after $(($(now_ms) - t)) ms" >&3
    [ $(($(now_ms) - t)) -le 1250 ]
    ends 69 3000 $t
}

a_signal_ends_it_while_the_server_is_stuck() {
    serve
    begin
    pulse STOP
    sleep .6
    t=$(now_ms)
    kill -TERM $live
    ends 143 2000 $t
}

a_server_that_is_stuck_at_the_start_is_told() {
    serve
    pulse STOP
    t=$(now_ms)
    "$LULL" live -I lullmic -O lullspk 2>err &
    live=$!
    ends 69 3500 $t
    says 'does not answer'
}

a_killed_server_is_told() {
    serve
    begin
    t=$(now_ms)
    pulse KILL
    ends 69 1000 $t
    says 'is gone'
}

# Within five seconds of now.
comes_back() {
    t=$(now_ms)
    until grep -q 'is back' err; do
        [ $(($(now_ms) - t)) -lt 5000 ]
        sleep .02
    done
    echo "#   back after $(($(now_ms) - t)) ms" >&3
}

it_waits_for_a_server_and_goes_on() {
    serve
    begin --reconnect --record rec.wav
    pulse KILL
    sleep 2
    serve
    comes_back
    sleep 1
    t=$(now_ms)
    kill -TERM $live
    ends 143 2000 $t
    "$LULL" -q --log log2 -m 0 rec.wav out.wav
    [ "$(number frames log2)" -gt 96000 ]
}

# A microphone that is nothing else, and a speaker: when that goes there is no other
# to which the server could move the sound.
serve_two() {
    serve "module-null-source source_name=mic rate=48000 channels=1 format=float32le"
    sed 's/mic.monitor/mic/' "$T/asound.conf" >two.conf
    export ALSA_CONFIG_PATH="$T/two.conf"
}
unplug() { pactl unload-module "$(pactl list short modules | sed -n 's/^\([0-9]*\).*sink_name=spk.*/\1/p')"; }

a_speaker_that_is_unplugged_is_told() {
    serve_two
    begin
    unplug
    t=$(now_ms)
    ends 69 1000 $t
    says 'lullspk is gone'
    pactl info >/dev/null       # as the server is not
}

it_waits_for_a_speaker_and_goes_on() {
    serve_two
    begin --reconnect --record rec.wav
    unplug
    sleep 2
    says 'lullspk is gone; waiting'
    pactl load-module $SPEAKER
    comes_back
    sleep 2
    t=$(now_ms)
    kill -TERM $live
    ends 143 2000 $t
    "$LULL" -q --log log2 -m 0 rec.wav out.wav
    echo "#   $(number frames log2) frames of 2 s before and 2 s after" >&3
    [ "$(number frames log2)" -gt 120000 ]
}

# The middle one of the delays that were measured in this span of seconds.
delay_in() {                    # delay_in FROM TO
    awk -v from="$1" -v to="$2" '$1 >= from && $1 < to { print $2 }' clicks | sort -n >delays
    sed -n "$((($(wc -l <delays) + 1) / 2))p" delays
}

# A delay that wanders by itself, on a busy machine, is none to compare with.
steady_in() {                   # steady_in FROM TO
    awk -v from="$1" -v to="$2" '$1 >= from && $1 < to { if (!n++ || $2 < a) a = $2; if ($2 > b) b = $2 }
        END { exit !(n && b - a <= 5) }' clicks
}

# What piled up is dropped, once, and 2 s later sound is as late as it was before:
# measured by clicks from end to end.  Where that cannot be told, once more.
after_a_stall_it_is_as_late_as_before_in_two_seconds() {
    for try in 1 2 3; do
        serve
        begin -b
        "$PROOFS/clicks" clickout clickin 14 >clicks 2>/dev/null &
        clicks=$!
        sleep 6
        kill -STOP $live
        sleep 1
        kill -CONT $live
        wait $clicks
        kill -TERM $live
        wait $live || true
        end
        before=$(delay_in 2 6) after=$(delay_in 9 14)
        echo "#   $before ms before, $after ms from 2 s after a stall of 1 s; $(grep -c lost clicks) losses of the measure's own" >&3
        says 'piled up: dropped'
        [ "$(number restarts log)" = 1 ]
        ! grep -q lost clicks && steady_in 2 6 && break
    done
    awk -v a="$before" -v b="$after" 'BEGIN { exit !(a > 0 && b > 0 && b - a <= 5 && a - b <= 5) }'
}

# A standstill too short to pile anything up still loses sound.
lost_sound_is_counted_and_told() {
    serve
    begin -b
    for i in 1 2 3; do
        kill -STOP $live
        sleep .3
        kill -CONT $live
        sleep 1
    done
    kill -TERM $live
    wait $live || true
    echo "#   $(number xruns log) xruns of 3 standstills of .3 s" >&3
    [ "$(number xruns log)" -ge 3 ]
    says "xruns $(number xruns log), "
}

# More than there is time for: what is left out, and in what order.
too_much_is_relieved_step_by_step() {
    "$PROOFS/sound" 30 48000 >in.raw
    serve
    pacat -d mic --raw --format=float32le --rate=48000 --channels=1 in.raw &
    for rank in 48 96 128; do                            # until this machine cannot
        lull filters vibration | sed "/^rank/d; \$a rank = $rank" >much.filter
        begin -f ./much.filter -c 32
        sleep 6
        kill -TERM $live
        wait $live || true
        [ "$(grep -c 'too busy' err)" -lt 2 ] || break
    done
    grep 'too busy' err | sed 's/^/#   /' >&3
    echo "#   load $(number load log) in the end, $(number relieved log) steps" >&3
    grep 'too busy' err >said
    sed -n 1p said | grep -q 'stopped learning'; sed -n 2p said | grep -q 'quarter of its directions'
}

exec 3>&1
echo "# load average $(cut -d' ' -f1-3 /proc/loadavg): sound without a gap needs a machine that is idle"
all="sound_flows_without_a_gap a_signal_ends_it lost_sound_is_counted_and_told
    too_much_is_relieved_step_by_step
    after_a_stall_it_is_as_late_as_before_in_two_seconds
    a_stuck_server_is_told_and_left a_signal_ends_it_while_the_server_is_stuck
    a_server_that_is_stuck_at_the_start_is_told a_killed_server_is_told it_waits_for_a_server_and_goes_on
    a_speaker_that_is_unplugged_is_told it_waits_for_a_speaker_and_goes_on"
for test in ${TESTS:-$all}; do
    it $test pulseaudio pactl
    end
done
concludes
