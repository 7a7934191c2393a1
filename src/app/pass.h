/* SPDX-License-Identifier: MIT
 *
 * pass.h - one sound on its way through the denoiser: what takes part in it,
 * and what has been counted.
 */
#ifndef LULL_APP_PASS_H
#define LULL_APP_PASS_H

#include "app/options.h"
#include "app/progress.h"
#include "app/resume.h"
#include "lull.h"
#include "sink/sink.h"
#include "source/source.h"
#include <stdio.h>

struct pass {
    const struct options *options;
    struct source source;
    lull_config config;
    lull *lull;
    struct sink sink;
    struct resume resume;
    struct whole adapter;               /* at the end                           */
    bool ended;                         /* the tail is out                      */
    FILE *log;                          /* or NULL                              */
    struct progress progress;
    bool existed;           /* OUT was there before */
    size_t drop;                        /* frames that belong before the start  */
    size_t heard;                       /* frames of the rehearsal              */
    double in_energy, out_energy;       /* sums of squares                      */
    unsigned long long invalid;         /* samples that are not finite          */
    double began;                       /* s                                    */
};

#endif
