/* SPDX-License-Identifier: MIT
 *
 * record.c - see record.h.  A thread of its own writes, for a disk can keep one
 * waiting; the ring holds RING_S of sound meanwhile.
 */
#include "app/record.h"
#include "app/progress.h"
#include <sysexits.h>
#include <time.h>

enum { PIECE = 4096 };                  /* samples written at once   */
static const double RING_S = 5, HEADER_S = 1;

static void drain(struct record *r)
{
    const unsigned channels = r->sink.sound.channels;
    float x[PIECE];
    size_t n;

    while ((n = ring_get(&r->ring, x, PIECE / channels * channels)))
        if (!atomic_load(&r->failed) && !sink_write(&r->sink, x, n / channels, &r->why))
            atomic_store(&r->failed, true);
}

static void *write_all(void *user)
{
    struct record *const r = user;
    double updated = seconds_now();

    while (!atomic_load(&r->end)) {
        nanosleep(&(struct timespec){ .tv_nsec = 50000000 }, NULL);
        drain(r);
        if (atomic_load(&r->failed) || seconds_now() - updated < HEADER_S)
            continue;
        updated = seconds_now();
        if (!sink_wav_update(&r->sink, &r->why))
            atomic_store(&r->failed, true);
    }
    drain(r);
    return NULL;
}

bool record_open(struct record *r, const char *path, double rate_hz, unsigned channels,
                 struct fault *why)
{
    const struct sound sound = {
        .rate_hz = rate_hz,
        .channels = channels,
        .frames = FRAMES_UNKNOWN,
        .pcm = { .type = PCM_S24 },
    };
    *r = (struct record){ 0 };
    if (!sink_wav_record(&r->sink, path, &sound, why)) {
        sink_discard(&r->sink);
        return false;
    }
    if (ring_new(&r->ring, (size_t)(RING_S * rate_hz) * channels) &&
        !pthread_create(&r->thread, NULL, write_all, r))
        return true;
    ring_free(&r->ring);
    sink_discard(&r->sink);
    return fault_set(why, EX_OSERR, "%s: out of memory", path);
}

bool record_failed(const struct record *r)
{
    return atomic_load(&r->failed);
}

bool record_close(struct record *r, struct fault *why)
{
    atomic_store(&r->end, true);
    pthread_join(r->thread, NULL);
    ring_free(&r->ring);
    if (!atomic_load(&r->failed))
        return sink_close(&r->sink, why);
    sink_discard(&r->sink);
    *why = r->why;
    return false;
}
