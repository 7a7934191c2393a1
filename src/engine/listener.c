/* SPDX-License-Identifier: MIT
 *
 * listener.c - frame -> noise, as in spectral.c, for noise that nobody speaks over.
 *
 * Digital silence is a gap in the recording, and no noise.
 */
#include "engine/listener.h"

#include "engine/spectral.h"
#include "guard/guard.h"

void listener_place(struct listener *l, struct arena *a, double rate_hz, size_t channels)
{
    const struct frame_plan plan = spectral_plan(rate_hz, 32);

    *l = (struct listener){ .plan = plan, .channels = channels, .bins = plan.span / 2 + 1 };
    fft_place(&l->fft, a, plan.span);
    l->window = arena_floats(a, plan.span);
    l->power = arena_floats(a, l->bins);
    l->frame = arena_take(a, channels, sizeof *l->frame);
    for (size_t c = 0; c < channels; c++) {
        struct frame unused;

        frame_place(arena_measures(a) ? &unused : l->frame + c, a, &plan);
    }
    acquaint_place(&l->acquaint, a, l->bins, rate_hz / (double)plan.span,
                   rate_hz / (double)plan.hop);
    if (!arena_measures(a))
        frame_windows(&plan, l->window, l->fft.time);   /* the latter is not wanted */
}

bool listener_ready(const struct listener *l)
{
    return fft_ready(&l->fft);
}

void listener_close(struct listener *l)
{
    fft_close(&l->fft);
}

void listener_reset(struct listener *l)
{
    acquaint_reset(&l->acquaint);
    listener_cut(l);
}

void listener_cut(struct listener *l)
{
    for (size_t c = 0; c < l->channels; c++)
        frame_reset(l->frame + c);
    l->at = 0;
    l->fresh = l->plan.span / l->plan.hop;
    acquaint_cut(&l->acquaint);
}

/* The channels' mean power. */
static void analyse(struct listener *l)
{
    const float unit = 1 / (float)l->channels;

    for (size_t f = 0; f < l->bins; f++)
        l->power[f] = STFT_TINY;
    for (size_t c = 0; c < l->channels; c++)
        stft_add_power(&l->fft, l->frame[c].x, l->window, unit, l->power);
}

static void turn(struct listener *l)
{
    if (l->fresh)
        l->fresh--;
    if (!l->fresh) {
        analyse(l);
        if (stft_silent(l->power, l->bins))
            acquaint_cut(&l->acquaint);
        else
            acquaint_update(&l->acquaint, l->power);
    }
    for (size_t c = 0; c < l->channels; c++)
        frame_update(l->frame + c);
    l->at = 0;
}

void listener_add(struct listener *l, const float *in, size_t frames)
{
    while (frames) {
        const size_t room = l->plan.hop - l->at, n = frames < room ? frames : room;
        const size_t newest = l->plan.span - room;

        for (size_t c = 0; c < l->channels; c++)
            guard_copy(l->frame[c].x + newest, in + c, l->channels, n);
        in += n * l->channels;
        frames -= n;
        l->at += n;
        if (l->at == l->plan.hop)
            turn(l);
    }
}
