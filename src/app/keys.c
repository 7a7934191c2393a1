/* SPDX-License-Identifier: MIT
 *
 * keys.c - see keys.h.  A program in the background has no keys: touching the
 * terminal from there would stop it.
 */
#include "app/keys.h"
#include <poll.h>
#include <stddef.h>
#include <unistd.h>

static bool in_front(void)
{
    return tcgetpgrp(STDIN_FILENO) == getpgrp();
}

/* Again and again, since a shell puts its own settings back while we sleep. */
static void set_raw(const struct keys *k)
{
    struct termios raw = k->before;

    raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
    raw.c_cc[VMIN] = 0;
    raw.c_cc[VTIME] = 0;
    tcsetattr(STDIN_FILENO, TCSANOW, &raw);
}

void keys_begin(struct keys *k)
{
    k->there = isatty(STDIN_FILENO) && in_front() && !tcgetattr(STDIN_FILENO, &k->before);
    if (k->there)
        set_raw(k);
}

void keys_end(const struct keys *k)
{
    if (k->there && in_front())
        tcsetattr(STDIN_FILENO, TCSANOW, &k->before);
}

int keys_next(const struct keys *k, int wait_ms)
{
    struct pollfd in = { .fd = k->there ? STDIN_FILENO : -1, .events = POLLIN };
    unsigned char key;

    if (poll(&in, 1, wait_ms) <= 0)
        return 0;
    if (!in_front() || read(STDIN_FILENO, &key, 1) != 1) {
        poll(NULL, 0, wait_ms);         /* the terminal is gone, or not ours: no rush */
        return 0;
    }
    return key;
}
