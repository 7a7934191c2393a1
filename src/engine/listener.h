/* SPDX-License-Identifier: MIT
 *
 * listener.h - learns a noise for the engine of speech, from a recording of it alone.
 */
#ifndef LULL_ENGINE_LISTENER_H
#define LULL_ENGINE_LISTENER_H

#include "engine/stft.h"
#include "noise/acquaint.h"

struct listener {
    struct frame_plan plan;
    size_t channels, bins;
    struct fft fft;
    struct frame *frame;        /* [channels]                          */
    float *window, *power;      /* [span], [bins]                      */
    size_t at;                  /* samples of the next hop, < plan.hop */
    size_t fresh;               /* hops until the frames are full      */
    struct acquaint acquaint;
};

void listener_place(struct listener *l, struct arena *a, double rate_hz, size_t channels);
bool listener_ready(const struct listener *l);
void listener_close(struct listener *l);
void listener_reset(struct listener *l);

/* The next frames do not continue those before: another recording. */
void listener_cut(struct listener *l);

/* Learns in[frames][channels]; what is no number counts as 0. */
void listener_add(struct listener *l, const float *in, size_t frames);

#endif
