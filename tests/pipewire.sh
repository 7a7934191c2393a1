#!/bin/sh
# SPDX-License-Identifier: MIT
#
# pipewire.sh - the microphone that `lull pipewire-conf` makes, in a PipeWire of
# our own without a sound card: noise goes in at one end and has to come out
# quieter at the other.
#
#     LULL=build/release/lull PROOFS=build/release/tests/live sh tests/pipewire.sh
HERE=$(cd "$(dirname "$0")" && pwd)
absolute() { echo "$(cd "$(dirname "$1")" && pwd)/$(basename "$1")"; }
LULL=$(absolute "${LULL:?the program to test}")
PROOFS=$(absolute "${PROOFS:?the directory of the helpers}")
T=$(mktemp -d) || exit 1
cd "$T" || exit 1
. "$HERE/it.sh"
# What a test has started ends with it: tests are subshells, so their numbers
# are kept in a file.
end() {
    for pid in $(cat "$T/pids" 2>/dev/null); do kill "$pid" 2>/dev/null; done
    rm -f "$T/pids"
    sleep .3
}
trap 'end; rm -rf "$T"' EXIT
mkdir -p run config/pipewire/pipewire.conf.d
chmod 700 run
export XDG_RUNTIME_DIR="$T/run" HOME="$T" XDG_CONFIG_HOME="$T/config" DBUS_SESSION_BUS_ADDRESS="unix:path=$T/run/bus"

cat >config/pipewire/pipewire.conf <<'E'
context.properties = { core.daemon = true core.name = pipewire-0 default.clock.rate = 48000 default.clock.quantum = 1024 }
context.spa-libs = { audio.convert.* = audioconvert/libspa-audioconvert support.* = support/libspa-support }
context.modules = [ { name = libpipewire-module-protocol-native } { name = libpipewire-module-metadata }
  { name = libpipewire-module-spa-node-factory } { name = libpipewire-module-client-node } { name = libpipewire-module-adapter }
  { name = libpipewire-module-link-factory } { name = libpipewire-module-access } ]
context.objects = [
  { factory = adapter args = { factory.name = support.null-audio-sink node.name = mic media.class = Audio/Sink audio.position = [ MONO ] object.linger = true } } ]
E

start() {                       # a bus, a server, a manager
    dbus-daemon --session --fork --print-pid=1 --address="$DBUS_SESSION_BUS_ADDRESS" >>pids
    pipewire >pipewire.log 2>&1 &
    echo $! >>pids
    sleep .5
    wireplumber >wireplumber.log 2>&1 &
    echo $! >>pids
    sleep 1.5
}

# The desktop chooses the microphone; here it is what a null sink plays.
from_mic() { sed 's/node.name = "capture.lull"/& target.object = "mic" stream.capture.sink = true/'; }

# From the microphone to whoever listens to "lull": 4 s of noise.
listen() {
    pw-link -l
    "$PROOFS/sound" 5 48000 | "$LULL" -q -m 0 -t raw -r 48000 -e f32 - in.wav
    pw-record --target lull --rate 48000 --channels 1 --format f32 out.wav &
    recorder=$!
    sleep .5
    timeout 20 pw-play --target mic in.wav
    kill -INT $recorder
    wait $recorder || true
    "$LULL" -q -m 0 --log log in.wav a.wav
    "$LULL" -q -m 0 --log log2 out.wav b.wav
    noise_db log >a; noise_db log2 >b
    echo "# noise $(cat a) dB in, $(cat b) dB out of the virtual microphone" >&3
}
quieter_by() { awk -v a="$(cat a)" -v b="$(cat b)" "BEGIN { exit !(a - b > $1 && a - b < $2) }"; }
noise_db() { sed -n 's/.*"noise_db":\([-0-9.]*\).*/\1/p' "$1" | sed -n '20,35p' | sort -n | sed -n 8p; }

in_the_daemon_it_is_a_microphone() {
    "$LULL" pipewire-conf -l 10 | from_mic >config/pipewire/pipewire.conf.d/lull.conf
    start
    listen
    quieter_by 12 60
}

alone_it_is_a_microphone() {
    rm -f config/pipewire/pipewire.conf.d/lull.conf
    "$LULL" pipewire-conf --alone | from_mic >config/pipewire/lull.conf
    start
    pipewire -c lull.conf >chain.log 2>&1 &
    echo $! >>pids
    sleep 1
    listen
    quieter_by 12 60
}

a_filter_of_ones_own_is_in_it() {
    rm -f config/pipewire/pipewire.conf.d/lull.conf
    echo 'engine = declick' >my.filter                  # which leaves noise as it is
    "$LULL" pipewire-conf --alone -f my.filter >conf
    from_mic <conf >config/pipewire/lull.conf
    start
    sed -n 's/^#   Environment="\(.*\)"$/\1/p' conf >variable
    env "$(cat variable)" pipewire -c lull.conf >chain.log 2>&1 &
    echo $! >>pids
    sleep 1
    listen
    cat chain.log
    quieter_by -3 3
}

exec 3>&1
it in_the_daemon_it_is_a_microphone pipewire wireplumber dbus-daemon pw-play
end
it alone_it_is_a_microphone pipewire wireplumber dbus-daemon pw-play
end
it a_filter_of_ones_own_is_in_it pipewire wireplumber dbus-daemon pw-play
end
concludes
