/* SPDX-License-Identifier: MIT
 *
 * step.c - the automatic step, by a stale copy.
 *
 * A subspace that follows with step mu loses r n mu sigma^2/2 a frame to noise,
 * and some to lag.  At the best mu the lag costs half of that (drift at
 * constant speed) to all of it (random walk).  The cost of lag can be measured: keep
 * the subspace R of up to 1/mu frames ago and compare on each new frame
 *
 *   cost = |U'y|^2 - |R'y|^2     energy that only the newer one explains.
 *
 * While the step falls as 1/age the newer one is also less noisy, by r n sigma^2
 * (1/age of R - 1/age), which is no lag and is taken off (less where little is
 * known: there it converges more slowly).  What remains has mean zero while
 * nothing moves.  So with lag its running mean,
 *
 *   mu = mu exp(mu clip(lag / (TARGET r n mu sigma^2) - 1, -1, 4)),
 *
 * which for lag 0 is the 1/t schedule of a plain average.  The copy costs no work:
 * when it is due, the sweep writes the turned U to R's memory, and the two change
 * places.
 *
 * Cost: 2 n r flops for R'y on one frame in three; memory n r.
 */
#include "track/step.h"
#include "base/fastmath.h"

#include <math.h>
#include <string.h>

static const float TARGET = 0.4f;    /* 0.8 of the noise's half: between the optima   */
static const float SMALLEST = 1e-4f; /* slower than 2e4 frames tells us nothing        */
static const float LARGEST = 0.25f;
static const float SMALL = 0.02f; /* mu below which every STRIDE-th frame is enough   */
enum { STRIDE = 3 };             /* frames: a third of the cost, for 1 % more error in drifts */
enum { MANY = 64, SELDOM = 6 };  /* from MANY directions on, which say more in one frame */
static const float UP = 4.0f, DOWN = -1.0f;

void step_place(struct step *s, struct arena *a, const struct basis *U, size_t ld, float fixed)
{
    *s = (struct step){ .automatic = fixed == 0.0f };
    if (!s->automatic)
        return;
    basis_place(&s->R, a, U->n, U->cap, U->parts);
    s->p = arena_floats(a, ld);
}

void step_reset(struct step *s, const struct basis *U, float fixed)
{
    s->mu = s->automatic ? LARGEST : fixed;
    s->age = s->lag = s->since = 0;
    s->stale_age = 0;
    if (!s->automatic)
        return;
    memcpy(s->R.U, U->U, basis_floats(U) * sizeof *U->U);
    s->R.r = U->r;
}

float step_now(const struct step *s)
{
    return fmaxf(s->mu, 1.0f / (s->age + 1.0f));
}

void step_restart(struct step *s, float age)
{
    s->age = age;
}

/* Frames from one comparison to the next. */
static uint32_t stride(const struct step *s)
{
    if (s->mu > SMALL)
        return 1;
    return s->R.r < MANY ? STRIDE : SELDOM;
}

bool step_looks(const struct step *s)
{
    return s->automatic && ((uint32_t)s->since + 1) % stride(s) == 0;
}

/* The step after a look that stands for so many frames. */
static float pushed(const struct step *s, float noise, float frames)
{
    const float excess = s->lag / (TARGET * noise * s->mu) - 1.0f;
    const float push = fast_clamp(excess, DOWN, UP);

    return fast_clamp(s->mu * fast_exp(frames * s->mu * push), SMALLEST, LARGEST);
}

void step_update(struct step *s, float cost, float noise, float trust)
{
    const bool looks = step_looks(s);

    s->age += 1.0f;
    s->since += s->automatic;
    if (!looks)
        return;
    const float frames = (float)stride(s);
    const float gain = fast_max(1.0f / (s->stale_age + 1.0f) - 1.0f / (s->age + 1.0f), 0.0f);
    const float taken = gain * noise / (trust * trust);

    s->lag += fast_min(1.0f, 2.0f * s->mu * frames) * (cost - taken - s->lag);
    if (noise > 0.0f)
        s->mu = pushed(s, noise, frames);
}

void step_set(struct step *s, float mu)
{
    if (!s->automatic)
        s->mu = mu;
}

void step_remember(struct step *s, float frames)
{
    s->age = fmaxf(s->age, frames - 1.0f);
    if (!s->automatic)
        return;
    s->mu = fminf(fmaxf(1.0f / frames, SMALLEST), LARGEST);
    s->lag = 0;
    s->R.r = 0; /* of another subspace */
}

bool step_due(const struct step *s, const struct basis *U)
{
    return s->automatic &&
           (s->since * s->mu >= 1.0f || s->since > s->stale_age || s->R.r != U->r);
}

void step_renew(struct step *s, struct basis *U)
{
    float *const old = U->U;

    U->U = s->R.U;
    s->R.U = old;
    s->R.r = U->r;
    s->since = 0;
    s->stale_age = s->age;
}
