/* SPDX-License-Identifier: MIT
 *
 * hush.c - see hush.h.  ALSA and JACK write a page on being asked what there
 * is, and more from threads of their own: the descriptor itself has to go.
 */
#include "device/hush.h"
#include <fcntl.h>
#include <unistd.h>

void hush_begin(struct hush *h, bool loud)
{
    *h = (struct hush){ .kept = -1, .voice = stderr };
    if (loud)
        return;

    const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    const int kept = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
    FILE *const voice = kept < 0 ? NULL : fdopen(kept, "w");

    if (voice && nowhere >= 0) {
        h->kept = kept;
        h->voice = voice;
        fflush(stderr);
        dup2(nowhere, STDERR_FILENO);
    }
    if (nowhere >= 0)
        close(nowhere);
}

void hush_end(struct hush *h)
{
    fflush(h->voice);
    if (h->kept < 0)
        return;
    dup2(h->kept, STDERR_FILENO);
    fclose(h->voice);
    *h = (struct hush){ .kept = -1, .voice = stderr };
}
