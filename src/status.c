/* SPDX-License-Identifier: MIT
 *
 * status.c - a sentence for each status.
 */
#include "lull.h"

const char *lull_strerror(lull_status why)
{
    switch (why) {
    case LULL_OK:
        return "no error";
    case LULL_NO_MEMORY:
        return "not enough memory";
    case LULL_BAD_FILTER:
        return "there is no filter of that name";
    case LULL_BAD_RATE:
        return "the rate must be between 8000 and 192000 Hz";
    case LULL_BAD_CHANNELS:
        return "there must be between 1 and 1024 channels";
    case LULL_BAD_LATENCY:
        return "the latency must be 32, 16 or 10 ms";
    case LULL_BAD_REDUCTION:
        return "the reduction must be between 0 and 60 dB";
    case LULL_BAD_MIX:
        return "the mix must be between 0 and 1";
    case LULL_BAD_DIM:
        return "the dimension must be between 1 and 65536";
    case LULL_BAD_RANK:
        return "the rank must be between 1 and 256, and not above the dimension";
    case LULL_BAD_STEP:
        return "the step must be above 0 and at most 1, or 0 for automatic";
    case LULL_BAD_RULE:
        return "there is no such rule, or it cannot choose its rank";
    case LULL_BAD_SHRINKAGE:
        return "there is no such shrinkage";
    case LULL_BAD_NOISE:
        return "the shape of the noise is missing, out of range, or not positive definite";
    case LULL_BAD_HOP:
        return "the hop must not be greater than the dimension";
    case LULL_BAD_BLOCK:
        return "a block must have between 1 and 256 frames";
    case LULL_BAD_BASE:
        return "the base must be orthonormal, and leave room for the rank";
    case LULL_BAD_NUMBER:
        return "an entry is infinite or not a number";
    case LULL_BAD_STATE:
        return "the saved state is damaged, or of another version";
    case LULL_WRONG_STATE:
        return "the state belongs to a tracker of another configuration";
    }
    return "unknown status";
}
