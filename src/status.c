/* SPDX-License-Identifier: MIT
 *
 * status.c - a sentence for each status.
 */
#include "lull.h"

#include <stddef.h>

const char *lull_strerror(lull_status why)
{
    static const char *const sentence[] = {
        [LULL_OK] = "all is well",
        [LULL_NO_MEMORY] = "out of memory",
        [LULL_BAD_FILTER] = "no filter of that name, or not a valid filter file",
        [LULL_BAD_RATE] =
            "the sample rate must be 8000 to 192000 Hz for sound, or that of what was learned",
        [LULL_BAD_CHANNELS] =
            "there must be 1 to 4096 channels, or as many as were learned from",
        [LULL_BAD_LATENCY] = "the filter does not offer that latency",
        [LULL_BAD_REDUCTION] = "the reduction must be 0 to 60 dB",
        [LULL_BAD_MIX] = "the mix must be 0 to 1",
        [LULL_BAD_DIM] = "the dimension must be 1 to 65536",
        [LULL_BAD_RANK] = "the rank must be 1 to 256, and not above the dimension",
        [LULL_BAD_STEP] = "the step must be above 0 and at most 1, or 0 for automatic",
        [LULL_BAD_RULE] = "no such rule, or one that cannot choose its rank",
        [LULL_BAD_SHRINKAGE] = "no such shrinkage",
        [LULL_BAD_NOISE] =
            "the shape of the noise is missing, out of range, or not positive definite",
        [LULL_BAD_HOP] = "the hop must not be greater than the dimension",
        [LULL_BAD_BLOCK] = "a block must have 1 to 256 frames",
        [LULL_BAD_BASE] = "the base must be orthonormal, and leave room for the rank",
        [LULL_BAD_NUMBER] = "an entry is infinite or not a number",
        [LULL_BAD_STATE] = "what was saved is damaged, or no state of this version",
        [LULL_WRONG_STATE] = "the state is that of another configuration",
        [LULL_BAD_ADAPT] =
            "only a filter that has learned a signal can adapt, by 64 directions or fewer",
    };
    const size_t known = sizeof sentence / sizeof *sentence;

    return (size_t)why < known && sentence[why] ? sentence[why] : "unknown status";
}
