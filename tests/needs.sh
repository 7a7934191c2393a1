#!/bin/sh
# SPDX-License-Identifier: MIT
#
# needs.sh - what make says and installs where things are missing: on machines of
# false tools, in which `pkg-config` knows $HAS alone, `id` says $UID_IS, and
# `apt-get` and `sudo` only note what they were asked for.
#
# shellcheck disable=SC2016,SC2086,SC2317

HERE=$(cd "$(dirname "$0")/.." && pwd)
T=$(mktemp -d) || exit 1
trap 'rm -rf "$T"' EXIT
cd "$T" || exit 1
. "$HERE/tests/it.sh"

tool() {                        # tool NAME LINE...: a false one
    name=bin/$1
    shift
    printf '%s\n' '#!/bin/sh' "$@" >"$name"
    chmod +x "$name"
}

# A machine with neither pkg-config nor apt nor sudo; its compiler knows no header.
machine() {
    rm -rf bin asked
    mkdir bin
    ln -sf "$HERE/Makefile" "$HERE/src" "$HERE/tests" "$HERE/filters" .
    for real in sh make env awk rm mkdir sed; do ln -s "$(command -v $real)" bin/$real; done
    tool id 'echo $UID_IS'
    tool cc 'exit 1'
}
with_pkg_config() {
    tool pkg-config '[ "$1" = --exists ] && shift' \
        'for p; do case " $HAS " in *" $p "*) ;; *) exit 1 ;; esac; done'
}
with_apt() { tool apt-get 'echo "$*" >>asked'; }
with_sudo() { tool sudo 'echo sudo >>asked' 'exec "$@"'; }

# There is the user UID_IS, who has the packages HAS.
make_() { env PATH="$T/bin" UID_IS="$uid" HAS="$has" make -s CC=cc FLAVOUR=release "$@"; }
uid=1000 has=
mute() { [ ! -s said ]; }
lacks() { ! grep -q "$1" "$2"; }
all='fftw3f sndfile cmocka lapacke'

root_installs_what_is_missing() {
    machine; with_apt; uid=0
    exits 0 make_ deps >said; silent
    grep -q '^lull needs: pkg-config libfftw3-dev .*portaudio19-dev ladspa-sdk - installing with apt-get$' said
    grep -q '^install .*pkg-config libfftw3-dev libsndfile1-dev libcmocka-dev liblapacke-dev portaudio19-dev ladspa-sdk$' asked
    with_pkg_config; has='fftw3f cmocka portaudio-2.0'; rm asked
    exits 0 make_ deps >said; grep -q '^install .* libsndfile1-dev liblapacke-dev ladspa-sdk$' asked
}

another_user_does_so_by_sudo() {
    machine; with_apt; with_sudo
    exits 0 make_ deps >said; grep -q 'installing with sudo apt-get$' said
    [ "$(sed 's/ .*//' asked | tr '\n' ' ')" = 'sudo update sudo install ' ]
}

who_cannot_install_is_told_what_to_ask_for() {
    machine; with_apt
    exits 2 make_ deps; says '^lull needs (.*root): pkg-config libfftw3-dev libsndfile1-dev libcmocka-dev liblapacke-dev$'
    machine; uid=0
    exits 2 make_ deps; says '^lull needs .*pkg-config libfftw3-dev'
    absent asked
}

what_can_be_done_without_is_not_insisted_on() {
    machine; with_pkg_config; has=$all
    exits 0 make_ deps >said; silent; mute     # a user without sudo, apt or a microphone
    with_apt
    exits 0 make_ deps >said; silent; mute; absent asked
    tool apt-get 'exit 100'; uid=0                      # the network is down
    exits 0 make_ deps >said
    has=fftw3f; exits 2 make_ deps >said
}

where_nothing_is_missing_nobody_is_asked() {
    machine; with_pkg_config; with_apt; with_sudo; tool cc 'exit 0'; has="$all portaudio-2.0"
    exits 0 make_ deps >said; silent; mute; absent asked
}

without_what_it_is_built_from_it_says_so_and_compiles_nothing() {
    machine; tool cc 'echo "$*" >>asked' 'exit 1'
    exits 2 make_ build/release/src/base/sum.o >said; says '^lull needs FFTW.*libsndfile.*make deps'
    mute; lacks sum asked; lacks 'not found' err; lacks 'No such' err
}

what_is_installed_later_is_built_in() {
    machine; with_pkg_config; has=$all
    writes='while [ $# -gt 1 ]; do [ "$1" != -o ] || echo "$out" >"$2"; shift; done'
    tool cc 'case "$*" in *-E*) exit 1 ;; esac' 'out=$*' "$writes"
    tool ar ': >"$2"'
    made='all build/release/tests/live/rt.o'
    exits 0 make_ $made >said; grep -q device/none.c said; lacks device/portaudio.c said
    exits 0 make_ $made >said; mute
    has="$all portaudio-2.0"
    exits 0 make_ $made >said; grep -q device/portaudio.c said; [ "$(wc -l <said)" = 1 ]
    grep -q device/portaudio.o build/release/lull
    tool cc 'out=$*' "$writes"
    exits 0 make_ $made >said; grep -q plugin/ladspa.c said; grep -q live/rt.c said; [ "$(wc -l <said)" = 2 ]
    exits 0 make_ $made >said; mute
}

make_help_and_clean_are_silent_about_it() {
    machine
    exits 0 make_ help >said; silent; grep -q 'make check' said
    exits 0 make_ clean; silent
}

it root_installs_what_is_missing
it another_user_does_so_by_sudo
it who_cannot_install_is_told_what_to_ask_for
it what_can_be_done_without_is_not_insisted_on
it where_nothing_is_missing_nobody_is_asked
it without_what_it_is_built_from_it_says_so_and_compiles_nothing
it what_is_installed_later_is_built_in
it make_help_and_clean_are_silent_about_it
concludes
