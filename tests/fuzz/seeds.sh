#!/bin/sh
# SPDX-License-Identifier: MIT
#
# seeds.sh TARGET DIRECTORY - files for a fuzz target to begin with.
set -e
mkdir -p "$2"
case $1 in
csv)
    cd "$2"
    printf 'time,a,b\n0.00,1.5,2\n0.01,,NaN\n0.02,1.1,-4e-3\n' >comma
    printf '\357\273\277"Zeit (ms)";"a; b"\r\n0;"1,25"\r\n1;-0,25\r\n' >semicolon
    printf '# remark\n\n1.5\t2\n1e5\t3\n' >tab
    printf '  0.1  0.2\n -0.3 .4\n' >blank
    printf '2026-11-22T12:00:01.5Z,1\n2026-11-22T12:00:02.0Z,2\n2026-11-22T12:00:02.5Z,2\n' >spelt
    ;;
npy)
    cd "$2"
    for shape in '4,' '2, 2'; do
        for order in True False; do
            for type in '<f4' '>f8' '<i2'; do
                printf '\223NUMPY\001\000\106\000%-69s\nabcdefghijklmnopqrstuvwxyz012345' \
                    "{'descr': '$type', 'fortran_order': $order, 'shape': ($shape), }" >"$shape $order $type"
            done
        done
    done
    ;;
wav)
    cd "$2"
    fmt='fmt \020\000\000\000\001\000\001\000\200\076\000\000\000\175\000\000\002\000\020\000'
    printf "RIFF\\050\\000\\000\\000WAVE${fmt}data\\004\\000\\000\\000abcd" >riff
    printf "RF64\\377\\377\\377\\377WAVEds64\\034\\000\\000\\000%028d${fmt}data\\377\\377\\377\\377abcd" 0 >rf64
    ;;
file)
    cd "$2"
    printf 'format = 1.0\nengine = subspace\nrate = 360\nchannels = 2\nbody = 22\n\000SIGN\003\000\000\000abcNOIS\003\000\000\000xyz' >both
    printf 'format = 1.3\nmood = fine\nrate = 8000.5\nchannels = 1\nbody = 9\n\000ELSE\001\000\000\000a' >newer
    ;;
filter)
    cp filters/*.filter "$2"
    ;;
esac
