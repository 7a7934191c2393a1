/* SPDX-License-Identifier: MIT */
#include "app/duplex.h"
#include "app/keys.h"
#include "app/stop.h"
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

static const double OPEN_S = 2.5;       /* a device that takes longer is stuck       */
static const double CLOSE_S = 1.2;      /* longer than any healthy one needs to end  */
static const double CLOSE_STUCK_S = 0.2;
static const double ASK_AGAIN_S = 0.4;  /* a quick look at what is there             */

bool duplex_find(struct duplex *d, struct fault *why)
{
    if (!devices_list(&d->asker, &d->devices, DEVICES_PATIENCE_S, why))
        return false;

    const int in = devices_find(&d->devices, d->microphone, true, why);

    if (in < 0)
        return false;
    d->plan.in = d->devices.at + in;
    if (d->mute)
        return true;

    const int out = devices_find(&d->devices, d->speaker, false, why);

    if (out < 0)
        return false;
    d->plan.out = d->devices.at + out;
    return true;
}

bool duplex_open(struct duplex *d, struct fault *why)
{
    d->stream = stream_open(&d->plan);
    if (!d->stream)
        return fault_set(why, EX_OSERR, "out of memory");
    for (double t = 0; stream_state(d->stream) == STREAM_OPENING && !stop_signal; t += 0.005) {
        keys_next(&(struct keys){ 0 }, 5);
        if (t > OPEN_S) {
            d->stuck = true;
            return fault_set(why, EX_UNAVAILABLE, "%s: does not answer", d->plan.in->name);
        }
    }
    if (stream_state(d->stream) == STREAM_FAILED) {
        *why = d->stream->why;
        return false;
    }
    return true;
}

void duplex_close(struct duplex *d)
{
    d->haunted |= !stream_close(d->stream, d->stuck ? CLOSE_STUCK_S : CLOSE_S);
    d->stream = NULL;
    d->stuck = false;
}

static const char *by_name(const char *words, const char *name)
{
    return words && words[strspn(words, "0123456789")] ? words : name;
}

void duplex_remember(struct duplex *d)
{
    snprintf(d->in, sizeof d->in, "%s", d->plan.in->name);
    d->microphone = by_name(d->microphone, d->in);
    if (d->mute)
        return;
    snprintf(d->out, sizeof d->out, "%s", d->plan.out->name);
    d->speaker = by_name(d->speaker, d->out);
}

const char *duplex_missing(const struct duplex *d)
{
    struct devices now;
    struct fault why;

    if (!devices_list(&d->asker, &now, ASK_AGAIN_S, &why))
        return now.count < 0 ? NULL : d->in;
    if (devices_find(&now, d->in, true, &why) < 0)
        return d->in;
    return !d->mute && devices_find(&now, d->out, false, &why) < 0 ? d->out : NULL;
}

void duplex_lose(struct duplex *d, const char *which)
{
    const bool either = !which && !d->mute && strcmp(d->in, d->out);

    d->stuck = true;                    /* as like as not */
    snprintf(d->lost, sizeof d->lost, "%s%s%s", which ? which : d->in, either ? " or " : "",
             either ? d->out : "");
}
