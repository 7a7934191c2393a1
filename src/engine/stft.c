/* SPDX-License-Identifier: MIT
 *
 * stft.c - see stft.h.
 *
 * Latency: input goes into the frame's last hop while output leaves the
 * overlap's first, M samples older, and older again by the hops that spectra
 * come back late.  A frame keeps that many hops more, so that what came and
 * what leaves can be mixed.
 */
#include "engine/stft.h"

#include "base/sum.h"
#include "guard/guard.h"

#include <string.h>

static size_t kept(const struct stft *s)
{
    return s->plan.span + s->late * s->plan.hop;
}

void stft_place(struct stft *s, struct arena *a, const struct frame_plan *p, size_t late,
                size_t channels)
{
    struct stft_channel *channel = arena_take(a, channels, sizeof *channel);

    *s = (struct stft){ .plan = *p, .channels = channels, .late = late, .channel = channel };
    s->bins = p->span / 2 + 1;
    fft_place(&s->fft, a, p->span);
    s->analysis = arena_floats(a, p->span);
    s->synthesis = arena_floats(a, p->span);
    for (size_t c = 0; c < channels; c++) {
        struct stft_channel unused, *const ch = arena_measures(a) ? &unused : channel + c;

        frame_place(&ch->frame, a, &(struct frame_plan){ .span = kept(s), .hop = p->hop });
        overlap_place(&ch->overlap, a, p->tail, p->hop);
        ch->ready = arena_floats(a, p->hop);
        ch->spectrum = arena_take(a, s->bins, sizeof *ch->spectrum);
    }
    if (!arena_measures(a))
        frame_windows(p, s->analysis, s->synthesis);
}

void stft_reset(struct stft *s)
{
    for (size_t c = 0; c < s->channels; c++) {
        frame_reset(&s->channel[c].frame);
        overlap_reset(&s->channel[c].overlap);
        memset(s->channel[c].ready, 0, s->plan.hop * sizeof *s->channel[c].ready);
    }
    s->at = 0;
    s->invalid = 0;
    s->wet = 1;
    s->dry = 0;
}

size_t stft_latency(const struct stft *s)
{
    return s->plan.tail + s->late * s->plan.hop;
}

size_t stft_room(const struct stft *s)
{
    return s->plan.hop - s->at;
}

bool stft_exchange(struct stft *s, const struct block *b)
{
    const size_t newest = kept(s) - s->plan.hop + s->at;

    for (size_t c = 0; c < s->channels; c++) {
        struct stft_channel *const ch = s->channel + c;
        const float *const done = ch->ready + s->at;

        s->invalid += guard_copy(ch->frame.x + newest, b->in[c], b->in_stride, b->frames);
        for (size_t t = 0; t < b->frames; t++)
            b->out[c][t * b->out_stride] = done[t];
    }
    s->at += b->frames;
    return s->at == s->plan.hop;
}

void stft_add_power(struct fft *t, const float *restrict x, const float *restrict a, float unit,
                    float *restrict power)
{
    for (size_t i = 0; i < t->n; i++)
        t->time[i] = x[i] * a[i];
    fft_forward(t);
    for (size_t f = 0; f <= t->n / 2; f++)
        power[f] += unit * (t->freq[f][0] * t->freq[f][0] + t->freq[f][1] * t->freq[f][1]);
}

void stft_analyse(struct stft *s, float *power)
{
    const size_t before = kept(s) - s->plan.span;
    const float unit = 1 / (float)s->channels;

    for (size_t f = 0; f < s->bins; f++)
        power[f] = STFT_TINY;
    for (size_t c = 0; c < s->channels; c++) {
        struct stft_channel *const ch = s->channel + c;

        stft_add_power(&s->fft, ch->frame.x + before, s->analysis, unit, power);
        memcpy(ch->spectrum, s->fft.freq, s->bins * sizeof *ch->spectrum);
    }
}

bool stft_silent(const float *power, size_t bins)
{
    return sum(power, bins) < 2 * STFT_TINY * (float)bins;
}

bool stft_hop_is_zero(const struct stft *s)
{
    for (size_t c = 0; c < s->channels; c++) {
        const float *const x = s->channel[c].frame.x + kept(s) - s->plan.hop;

        for (size_t t = 0; t < s->plan.hop; t++)
            if (x[t] != 0)
                return false;
    }
    return true;
}

/* One channel, with the weights ramped over the hop. */
static void rebuild(struct stft *s, struct stft_channel *ch, const float *gain, float wet,
                    float dry)
{
    const size_t hop = s->plan.hop, before = s->plan.span - s->plan.tail;
    const float unit = 1.0f / (float)s->plan.span;
    const float dwet = (wet - s->wet) / (float)hop, ddry = (dry - s->dry) / (float)hop;
    const float *const x = ch->frame.x + before;

    for (size_t f = 0; f < s->bins; f++) {
        const float g = gain[f] * unit;

        s->fft.freq[f][0] = ch->spectrum[f][0] * g;
        s->fft.freq[f][1] = ch->spectrum[f][1] * g;
    }
    fft_inverse(&s->fft);
    const float *const y =
        overlap_update(&ch->overlap, s->fft.time + before, s->synthesis + before);

    for (size_t t = 0; t < hop; t++) {
        const float i = (float)(int)(t + 1);    /* an int converts in one instruction */

        ch->ready[t] = (s->wet + i * dwet) * y[t] + (s->dry + i * ddry) * x[t];
    }
    frame_update(&ch->frame);
}

void stft_rebuild(struct stft *s, const float *gain, const struct controls *c)
{
    /* kept = mix wet + (1 - mix) dry;  removed = dry - kept = mix (dry - wet) */
    const float wet = c->bypass ? 0 : c->residual ? -c->mix : c->mix;
    const float dry = c->bypass ? 1 : c->residual ? c->mix : 1 - c->mix;

    for (size_t i = 0; i < s->channels; i++)
        rebuild(s, s->channel + i, gain, wet, dry);
    s->wet = wet;
    s->dry = dry;
    s->at = 0;
}

void stft_state(struct stft *f, struct store *s)
{
    store_size(s, &f->at, 0, f->plan.hop - 1);
    store_floats(s, &f->wet, 1, -1, 1);
    store_floats(s, &f->dry, 1, 0, 1);
    store_count(s, &f->invalid);
    for (size_t c = 0; c < f->channels; c++) {
        frame_state(&f->channel[c].frame, s);
        overlap_state(&f->channel[c].overlap, s);
        store_samples(s, f->channel[c].ready, f->plan.hop, 100);
    }
}
