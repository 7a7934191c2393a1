/* SPDX-License-Identifier: MIT
 *
 * learnt.h - what lull has learned of a room, kept in a file from one time that it
 * listens to the next.
 */
#ifndef LULL_APP_LEARNT_H
#define LULL_APP_LEARNT_H

#include "app/through.h"
#include "source/fault.h"

struct learnt {
    const char *path;           /* or NULL: it is not kept            */
    bool known;                 /* the file, if it was there, is read */
};

/* Takes over what the file holds, if it is there, and has t keep a copy ready. */
bool learnt_open(struct learnt *k, const char *path, struct through *t, struct fault *why);

/* Asks for a copy, made in the callback; false: there is no file for it. */
bool learnt_ask(const struct learnt *k, struct through *t);

/* The copy that was asked for, when it is there, into the file.  True if it was, or
 * could not be (why->code). */
bool learnt_write(const struct learnt *k, struct through *t, struct fault *why);

/* At the end, when nobody calls t any more: all of it into the file. */
bool learnt_close(const struct learnt *k, struct through *t, struct fault *why);

#endif
