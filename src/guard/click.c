/* SPDX-License-Identifier: MIT
 *
 * click.c - samples that neither the past nor the future predicts, and without
 * which the signal is predictable.
 *
 * A click is added to a signal that goes on under it [GR98].  Where it begins
 * the past no longer predicts, where it ends the future predicts again:
 *
 *   f_t = sum_k a_k x_{t-k} is large from its first sample to p after its last,
 *   g_t = sum_k a_k x_{t+k} is large from p before its first to its last,
 *
 * so both are large where it lies and nowhere else, while the beginning of a
 * note, which the past cannot foretell but the future explains, is large in f
 * alone.  From a sample where the lesser of the two stands out the click grows
 * left while f, and right while g, are more than usual.  Then it is taken away
 * on trial: the samples are put as their neighbours would have them, and
 *
 *   (sum f^2 before - sum f^2 after) / sigma^2 > threshold^2 + DUTY n
 *
 * must be explained by those n samples (a chi-square with n degrees if there
 * were no click), with nothing out of the usual left.  sigma is the greater of
 * what is usual before and after, so a drum is measured by its own din.  What
 * comes and goes as a pitch does, the same before and after, is a voice.
 *
 * Cost: 3 p multiplications a sample of the span, two medians a block of it,
 * and trials of at most one sample in TRIALS, each that of a gap.
 */
#include "guard/click.h"

#include "base/fastmath.h"
#include "base/least.h"

#include <math.h>
#include <string.h>

static const float CORE = 4;            /* sigmas in both errors: a click may be here  */
static const float EDGE = 3;            /* sigmas in one: it goes on                   */
static const float DUTY = 24;           /* variances that each sample more must explain */
static const float LEFT = 3;            /* of the usual power that may be left          */
static const float ALIKE = 0.6f;        /* correlation of two periods of a voice        */
static const float PEAK_ALIKE = 0.35f;  /* and what the lesser's peak is of the greater */
static const float TINY = 1e-20f;       /* silence has a scale                          */
static const double BLOCK_MS = 1.35, LONGEST_MS = 2, PITCH_MS = 12;
enum { P = PREDICTOR_ORDER, QUIET = 5, MARGIN = 1, TRIALS = 8, LEAD = 8, NEAREST = 16 };

static size_t samples(double ms, double rate_hz, size_t fewest)
{
    return greater((size_t)(ms * 1e-3 * rate_hz + 0.5), fewest);
}

void click_place(struct click *c, struct arena *a, size_t span, double rate_hz,
                 float threshold)
{
    *c = (struct click){ .span = span, .threshold = threshold * threshold };
    c->block = samples(BLOCK_MS, rate_hz, 24);
    c->blocks = (span - 2 * P) / c->block - 1;
    c->longest = samples(LONGEST_MS, rate_hz, 24);
    c->pitch = samples(PITCH_MS, rate_hz, 0);
    c->forward = arena_floats(a, span);
    c->backward = arena_floats(a, span);
    c->both = arena_floats(a, span);
    c->level = arena_take(a, span, sizeof *c->level);
    c->before = arena_floats(a, c->blocks);
    c->after = arena_floats(a, c->blocks);
    c->at = arena_take(a, span, sizeof *c->at);
    gap_place(&c->gap, a, span / 5);
}

/* The upper half of a float, less its sign, rises as it does: |x| to 1/128 octave. */
static void weigh(struct click *c, const float *x, size_t from)
{
    for (size_t t = from; t < c->span - P; t++) {
        uint32_t bits;

        memcpy(&bits, x + t, sizeof bits);
        c->level[t] = (int16_t)(bits >> 16 & 0x7fff);
    }
}

/* The standard deviation of n normal numbers of those levels, by their median:
 * halving finds it in 15 looks. */
static float usual(const int16_t *level, size_t n)
{
    int16_t low = 0, high = 0x7f80;

    while (low < high) {
        const int16_t middle = (int16_t)((low + high) / 2);
        int16_t count = 0;

        for (size_t t = 0; t < n; t++)
            count = (int16_t)(count + (level[t] <= middle));
        if (2 * (size_t)count >= n)
            high = middle;
        else
            low = (int16_t)(middle + 1);
    }
    const uint32_t bits = (uint32_t)low << 16 | 0x8000;
    float median;

    memcpy(&median, &bits, sizeof median);
    return median / 0.6745f;
}

/* e_t = sum_k a_k x_{t + k step}, t = from..span-P-1, four k at each visit to e. */
static void predict(const struct click *c, const struct prediction *m, const float *x,
                    ptrdiff_t step, size_t from, float *restrict e)
{
    const size_t end = c->span - P;

    memcpy(e + from, x + from, (end - from) * sizeof *e);
    for (ptrdiff_t k = 1; k <= P; k += 4) {
        const float *const y1 = x + k * step, *const y2 = y1 + step;
        const float *const y3 = y2 + step, *const y4 = y3 + step;
        const float a1 = (float)m->a[k], a2 = (float)m->a[k + 1];
        const float a3 = (float)m->a[k + 2], a4 = (float)m->a[k + 3];

        for (size_t t = from; t < end; t++)
            e[t] = e[t] + a1 * y1[t] + a2 * y2[t] + a3 * y3[t] + a4 * y4[t];
    }
}

/* What is usual for e in each block and the next, from those before sample `from`
 * which may be asked for. */
static void measure(struct click *c, const float *e, size_t from, float *size)
{
    const size_t here = (from - P) / c->block, first = here > 2 ? here - 2 : 0;

    weigh(c, e, P + first * c->block);
    for (size_t b = first; b < c->blocks; b++)
        size[b] = usual(c->level + P + b * c->block, 2 * c->block);
}

/* The errors, as far back as a pitch that is looked for. */
static void listen(struct click *c, const struct prediction *m, const float *x, size_t from)
{
    const size_t back = greater(c->pitch + LEAD, 3 * c->block);
    const size_t begin = from > P + back ? from - back : P;

    predict(c, m, x, -1, begin, c->forward);
    predict(c, m, x, 1, begin, c->backward);
    for (size_t t = from; t < c->span - P; t++)
        c->both[t] = fast_min(fabsf(c->forward[t]), fabsf(c->backward[t]));
    measure(c, c->forward, from, c->before);
    measure(c, c->backward, from, c->after);
    weigh(c, c->both, from);
}

/* What is usual around the samples [from, to), which count as neither. */
static float around(const struct click *c, size_t from, size_t to)
{
    const size_t first = (from - P) / c->block, next = (to - P + c->block - 1) / c->block;
    const float left = c->before[first > 2 ? first - 2 : 0];
    const float right = c->after[least(next, c->blocks - 1)];

    return fast_max(left, right) + TINY;
}

struct run {
    size_t from, to;
};

/* From a sample in the midst of a click to its ends, but not before `first`. */
static struct run grow(const struct click *c, size_t t, size_t first, float edge)
{
    struct run r = { t, t + 1 };

    for (size_t i = t, quiet = 0; i > first && t - i < c->longest && quiet < QUIET;) {
        i--;
        if (fabsf(c->forward[i]) > edge) {
            r.from = i;
            quiet = 0;
        } else {
            quiet++;
        }
    }
    for (size_t i = t + 1, quiet = 0;
         i < c->span - P && i - t < c->longest && quiet < QUIET; i++) {
        if (fabsf(c->backward[i]) > edge) {
            r.to = i + 1;
            quiet = 0;
        } else {
            quiet++;
        }
    }
    r.from = r.from > first + MARGIN ? r.from - MARGIN : first;
    r.to = least(r.to + MARGIN, c->span - P);
    return r;
}

/* The samples of the run, to be filled. */
static size_t list(struct click *c, struct run r)
{
    for (size_t t = r.from; t < r.to; t++)
        c->at[t - r.from] = (unsigned)t;
    return r.to - r.from;
}

/* Whether w, without the run, is as quiet around it as is usual, and what was
 * there is more than chance explains. */
static bool explained(const struct click *c, const struct prediction *m, const float *w,
                      struct run r, float sigma)
{
    const size_t end = least(r.to + P, c->span - P);
    float with = 0, without = 0;

    for (size_t t = r.from; t < end; t++) {
        float f = 0;

        for (size_t k = 0; k <= P; k++)
            f += (float)m->a[k] * w[t - k];
        without += f * f;
        with += c->forward[t] * c->forward[t];
    }
    const float variance = sigma * sigma, n = (float)(r.to - r.from);

    return with - without > (c->threshold + DUTY * n) * variance &&
           without < LEFT * variance * (float)(end - r.from);
}

/* How alike are the n errors from a and from b, -1..1. */
static float likeness(const float *a, const float *b, size_t n)
{
    float ab = 0, aa = TINY, bb = TINY;

    for (size_t i = 0; i < n; i++) {
        ab += a[i] * b[i];
        aa += a[i] * a[i];
        bb += b[i] * b[i];
    }
    return ab / (sqrtf(aa) * sqrtf(bb));
}

/* Whether the same lies a period before and a period after, as in a voice.  What
 * is not yet seen may be so. */
static bool repeats(const struct click *c, struct run r)
{
    const float *const f = c->forward;
    const size_t n = 3 * LEAD + (r.to - r.from) / 2;
    size_t peak = r.from;

    for (size_t t = r.from; t < r.to; t++)
        peak = fabsf(f[t]) > fabsf(f[peak]) ? t : peak;

    const float worth = PEAK_ALIKE * fabsf(f[peak]);
    const size_t from = peak - LEAD;

    for (size_t lag = NEAREST; lag <= c->pitch && from >= P + lag; lag++) {
        if (fabsf(f[peak - lag]) < worth || likeness(f + from, f + from - lag, n) < ALIKE)
            continue;
        for (size_t back = lag - 2; back <= lag + 2; back++)
            if (from + back + n > c->span - P ||
                (fabsf(f[peak + back]) >= worth &&
                 likeness(f + from, f + from + back, n) > ALIKE))
                return true;
    }
    return false;
}

/* Takes the run away on trial; true if it was a click. */
static bool removed(struct click *c, const struct prediction *m, const float *x, float *w,
                    struct run r)
{
    const float sigma = around(c, r.from, r.to);

    gap_fill(&c->gap, m, w, c->at, list(c, r));
    if (explained(c, m, w, r, sigma) && !repeats(c, r))
        return true;
    memcpy(w + r.from, x + r.from, (r.to - r.from) * sizeof *w);
    return false;
}

size_t click_update(struct click *c, const struct prediction *m, const float *x, float *w,
                    unsigned char *state, size_t from, size_t until)
{
    const size_t end = c->span - P - 1;
    size_t first = from, left = c->span / TRIALS;

    memcpy(w + from, x + from, (c->span - from) * sizeof *w);
    for (size_t t = from; t < c->span; t++)
        state[t] = state[t] & CLICK_LOST ? state[t] : 0;
    listen(c, m, x, from);

    const float floor = CORE * 0.5f * usual(c->level + from, end - from);

    for (size_t t = from; t < end; t++) {
        if (c->both[t] <= floor)
            continue;
        const float sigma =
            fast_max(around(c, t, least(t + c->longest / 2, end)), floor / CORE);

        if (c->both[t] <= CORE * sigma)
            continue;
        const struct run r = grow(c, t, first, EDGE * sigma);
        const size_t n = r.to - r.from;

        if (n > c->longest || n > left)
            continue;
        left -= n;
        if (!removed(c, m, x, w, r))
            continue;
        for (size_t i = r.from; i < r.to; i++)
            state[i] |= CLICK_FOUND;
        if (r.from < until)
            until = greater(until, r.to);
        first = r.to;
        t = r.to - 1;
    }
    return until;
}

void click_polish(struct click *c, struct predictor *p, float *w, const unsigned char *state,
                  size_t from, size_t to)
{
    size_t n = 0;

    for (size_t t = from; t < to && n < c->gap.most; t++)
        if (state[t] & CLICK_FOUND)
            c->at[n++] = (unsigned)t;
    if (!n)
        return;
    predictor_refine(p);
    gap_fill(&c->gap, &p->fine, w, c->at, n);
}

/* A lost sample can be told from its neighbours if a known one is near, before or
 * after; the midst of a long gap is silence, into which both ends fade. */
void click_restore(struct click *c, const struct prediction *m, float *x, unsigned char *state,
                   size_t from)
{
    size_t n = 0, begin = 0, end = 0;

    for (size_t t = 0; t < c->span - P; t++) {
        if (!(state[t] & CLICK_LOST)) {
            begin = t + 1;
            continue;
        }
        for (end = greater(end, t); end < c->span && (state[end] & CLICK_LOST);)
            end++;
        if (t < from)
            continue;
        x[t] = 0;
        state[t] = CLICK_LOST;
        if (n < c->gap.most && (t - begin < c->longest || end - t <= c->longest)) {
            state[t] |= CLICK_FOUND;
            c->at[n++] = (unsigned)t;
        }
    }
    gap_fill(&c->gap, m, x, c->at, n);
}
