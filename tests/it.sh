# SPDX-License-Identifier: MIT
#
# it.sh - the harness of the shell tests, to be sourced: a test is a function
# whose name is a sentence.
#
# shellcheck shell=sh disable=SC2034

passed=0 failed=0
export LC_ALL=C                 # numbers have points

it() {                          # it SENTENCE [TOOL...]: runs a test if the tools are there
    sentence=$(echo "$1" | tr _ ' ')
    number=$((passed + failed + 1))
    test=$1
    shift
    for tool; do
        command -v "$tool" >/dev/null && continue
        echo "ok $number - $sentence # SKIP no $tool"
        passed=$((passed + 1))
        return
    done
    (set -e; $test) >report 2>&1 </dev/null
    if [ $? = 0 ]; then
        echo "ok $number - $sentence"
        passed=$((passed + 1))
    else
        echo "not ok $number - $sentence"
        sed 's/^/#   /' report
        failed=$((failed + 1))
    fi
}

exits() {                       # exits STATUS COMMAND...: its messages are left in `err`
    want=$1 got=0
    shift
    "$@" 2>err || got=$?
    [ "$got" = "$want" ] && return
    echo "exit $got instead of $want: $*"
    cat err
    return 1
}

says() {                        # says TEXT: the last command of `exits` did
    grep -q -e "$1" err && return
    echo "nothing about '$1' in:"
    cat err
    return 1
}

silent() { ! [ -s err ] || { cat err; return 1; } }
same() { cmp "$1" "$2"; }
differ() { ! cmp -s "$1" "$2"; }
absent() { ! [ -e "$1" ]; }
bytes() { od -An -v -t u1 -j "$2" -N "$3" "$1" | tr -s ' \n' ' ' | sed 's/^ //; s/ $//'; }
no_litter() { [ -z "$(find . -name '.lull*')" ]; }

concludes() {                   # the last line of a test script
    echo "$passed passed, $failed failed"
    [ "$failed" = 0 ]
}
