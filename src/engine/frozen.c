/* SPDX-License-Identifier: MIT */
#include "engine/frozen.h"

#include "base/fastmath.h"
#include "track/amend.h"

#include <math.h>

static const float LENT_AGE = 1000;     /* frames that a loaded adapter counts for */

void frozen_place(struct frozen *f, struct arena *a, const struct recipe *r, size_t which,
                  size_t channels, size_t lags)
{
    const size_t n = channels * lags, most = n - (n > 1);
    struct known known;

    f->channels = channels;
    f->lags = lags;
    f->known = r->learned.signal &&
               known_open(&known, r->learned.signal, r->learned.signal_size);
    f->adapts = f->known && r->learned.adapt > 0;
    if (!f->known)
        return;
    f->rank = f->adapts && r->learned.adapt < most ? r->learned.adapt : f->adapts ? most : 1;
    mixture_place(&f->base, a, channels, lags, known.parts, known.rank);
    f->kept = arena_floats(a, n);
    f->scratch = arena_floats(a, 2 * channels);
    f->B = arena_floats(a, f->rank * n);
    f->A = arena_floats(a, f->rank * n);
    if (!arena_measures(a))
        known_read(&known, which, &f->base.model);
}

void frozen_reset(struct frozen *f)
{
    if (f->known)
        mixture_reset(&f->base);
    f->lent = false;
}

static void whiten(const void *noise, const float *x, float *z)
{
    floor_whiten(noise, x, z);
}

typedef void change(const struct floor *f, float *restrict x, float *restrict z);

/* Each frame of a vector x[channels][lags] is changed into that of z. */
static void change_vector(const struct frozen *f, const struct floor *noise, change *by,
                          const float *x, float *z)
{
    const size_t M = f->channels, L = f->lags;

    for (size_t t = 0; t < L; t++) {
        for (size_t c = 0; c < M; c++)
            f->scratch[c] = x[c * L + t];
        by(noise, f->scratch, f->scratch + M);
        for (size_t c = 0; c < M; c++)
            z[c * L + t] = f->scratch[M + c];
    }
}

static void whiten_frame(const struct floor *noise, float *restrict x, float *restrict z)
{
    floor_whiten(noise, x, z);
}

/* Gives the waiting adapter to the tracker, whitened by the present noise. */
static void hand_over(struct frozen *f, const struct floor *noise, struct track *t)
{
    const size_t n = f->channels * f->lags;

    for (size_t j = 0; j < f->rank; j++)
        change_vector(f, noise, whiten_frame, f->B + j * n, f->A + j * n);
    track_teach(t, f->A, LENT_AGE);
    f->lent = false;
}

bool frozen_follow(struct frozen *f, const struct floor *noise, struct track *t)
{
    mixture_follow(&f->base,
                   &(struct mixture_noise){ whiten, noise, noise->level, f->scratch });
    if (f->base.ready && f->lent)
        hand_over(f, noise, t);
    return f->base.ready;
}

void frozen_take(struct frozen *f, float *y, const unsigned char *known)
{
    const size_t n = f->channels * f->lags;

    for (size_t i = 0; known && i < n; i++)
        y[i] = known[i] ? y[i] : 0;
    mixture_update(&f->base, y, known, f->kept);
    for (size_t i = 0; i < n; i++)
        y[i] = known && !known[i] ? 0 : y[i] - f->kept[i];
}

/* Writes direction j and its gain into B and A; one that is not in use as zeros. */
static void lend(struct frozen *f, const struct floor *noise, const struct track *t, size_t j)
{
    const size_t n = f->channels * f->lags;
    const float power = j < t->U.r ? fast_max(track_power(t, j) - 1, 0) : 0;
    const float size = sqrtf(power);
    float *const u = f->kept, *const b = f->B + j * n, *const a = f->A + j * n;

    basis_get(&t->U, j, u);
    change_vector(f, noise, floor_restore, u, b);
    change_vector(f, noise, floor_turn_back, u, a);
    for (size_t i = 0; i < n; i++) {
        b[i] *= size;
        a[i] *= size / (1 + power);
    }
}

void frozen_adapter(struct frozen *f, const struct floor *noise, const struct track *t,
                    struct store *s)
{
    const size_t numbers = f->rank * f->channels * f->lags;

    for (size_t j = 0; s->mode == STORE_WRITE && !f->lent && j < f->rank; j++)
        lend(f, noise, t, j);
    store_floats(s, f->B, numbers, -1e18f, 1e18f);
    store_floats(s, f->A, numbers, -1e18f, 1e18f);
    f->lent |= s->mode == STORE_READ;
}

void frozen_state(struct frozen *f, struct store *s)
{
    if (!f->known)
        return;
    mixture_state(&f->base, s);
    store_bool(s, &f->lent);
    store_finite(s, f->B, f->rank * f->channels * f->lags);
}
