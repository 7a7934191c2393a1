#!/bin/sh
# SPDX-License-Identifier: MIT
#
# clips.sh QUALITY - the clips that come with lull get better by every measure,
# at every latency; a denoiser that does nothing does not pass.
set -eu
export LC_ALL=C                 # numbers have points
quality=$1 sounds=$(dirname "$0")/../samples/sounds

# mean OPTION...: of all clips, before and after, for SI-SDR, segmental SNR, STOI, ESTOI, pauses.
mean() {
    "$quality" "$sounds" -- "$@" | awk '/^mean of/ { $1 = $2 = $3 = ""; print }'
}

# better MEAN: at least so many dB in SI-SDR, segmental SNR and pauses; STOI about as good.
better() {
    echo "$1" | awk '{ exit !($6 - $1 >= 3 && $7 - $2 >= 2 && $8 - $3 >= -0.01 &&
                              $9 - $4 >= 0.02 && $5 - $10 >= 8) }'
}

for latency in 32 16 10; do
    figures=$(mean --latency $latency)
    better "$figures" || { echo "clips: too little is gained at $latency ms:$figures" >&2; exit 1; }
done
if better "$(mean --mix 0)"; then
    echo "clips: doing nothing passes for denoising" >&2
    exit 1
fi
echo "clips: better by every measure, at every latency"
