/* SPDX-License-Identifier: MIT
 *
 * number.h - numbers as people write them in tables, and numbers written as
 * others in the same column were.  No locale has a say.
 */
#ifndef LULL_SOURCE_NUMBER_H
#define LULL_SOURCE_NUMBER_H

#include <stdbool.h>
#include <stddef.h>

/* How a number is written: 12.50 has 4 digits, 2 decimals and the point '.'. */
struct look {
    unsigned digits;        /* from the first that is not 0 to the last written */
    unsigned decimals;
    char point;             /* '.' or ',', 0: has none                          */
    char e;                 /* 'e' or 'E', 0: has no exponent                   */
    bool plus;              /* 1e+5                                             */
    unsigned places;        /* of the exponent: 2 in 1e-05                      */
};

enum number { NUMBER, NUMBER_MISSING, NUMBER_NOT };

/* Reads text[n], with ',' for '.' too if `comma`.  Nothing, nan, NA, null and
 * the like are missing: *x is NaN then, and *look as it was. */
enum number number_read(const char *text, size_t n, bool comma, double *x, struct look *look);

/* How the numbers of a column have been written so far; all 0: none has been. */
struct style {
    struct look look;       /* the most digits, decimals and places; the last e */
    bool any, varied;       /* decimals differ from row to row                  */
};

void style_learn(struct style *s, double x, struct look look);

enum { NUMBER_ROOM = 160 };     /* bytes that a printed number may take */

/* Prints x into to[NUMBER_ROOM] in that style; gives the bytes, no 0 follows. */
size_t number_print(const struct style *s, double x, char *to);

#endif
