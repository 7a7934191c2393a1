/* SPDX-License-Identifier: MIT
 *
 * stop.c - the only global variable of the program, and why it is one: a
 * signal handler has no other way to tell.
 */
#include "app/stop.h"
#include <stddef.h>

volatile sig_atomic_t stop_signal;

static void note(int signal)
{
    stop_signal = signal;
}

static void watch(int signal)
{
    struct sigaction old, new = { .sa_handler = note, .sa_flags = (int)SA_RESETHAND };

    sigemptyset(&new.sa_mask);
    if (sigaction(signal, NULL, &old) == 0 && old.sa_handler != SIG_IGN)
        sigaction(signal, &new, NULL);
}

void stop_watch(void)
{
    watch(SIGINT);
    watch(SIGTERM);
    watch(SIGHUP);
}
