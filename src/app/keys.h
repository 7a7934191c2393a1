/* SPDX-License-Identifier: MIT
 *
 * keys.h - single keys from a terminal, as they are pressed.
 */
#ifndef LULL_APP_KEYS_H
#define LULL_APP_KEYS_H

#include <stdbool.h>
#include <termios.h>

struct keys {
    bool there;                 /* standard input is a terminal, and ours */
    struct termios before;
};

void keys_begin(struct keys *k);
void keys_end(const struct keys *k);

/* Waits for a key for so long at most; 0: none came.  Where there is no
 * terminal it just waits. */
int keys_next(const struct keys *k, int wait_ms);

#endif
