/* SPDX-License-Identifier: MIT
 *
 * find.c - a device by its number or by words of its name.
 */
#include "device/device.h"
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sysexits.h>

static bool usable(const struct device *d, bool input)
{
    return (input ? d->ins : d->outs) > 0;
}

static bool contains(const char *text, const char *word, size_t n)
{
    for (; *text; text++)
        if (!strncasecmp(text, word, n))
            return true;
    return false;
}

/* Every word stands in the name or the API. */
static bool matches(const struct device *d, const char *words)
{
    for (; *(words += strspn(words, " ")); words += strcspn(words, " ")) {
        const size_t n = strcspn(words, " ");

        if (!contains(d->name, words, n) && !contains(d->api, words, n))
            return false;
    }
    return true;
}

static int by_number(const struct devices *d, const char *number, bool input, struct fault *why)
{
    const long i = strtol(number, NULL, 10);

    if (i < d->count && usable(d->at + i, input))
        return (int)i;
    fault_set(why, EX_UNAVAILABLE, "%s: no %s of that number (lull devices lists them)", number,
              input ? "microphone" : "speaker");
    return -1;
}

static int by_default(const struct devices *d, bool input, struct fault *why)
{
    const int i = input ? d->in : d->out;

    if (i >= 0)
        return i;
    fault_set(why, EX_UNAVAILABLE, "there is no %s here", input ? "microphone" : "speaker");
    return -1;
}

int devices_find(const struct devices *d, const char *words, bool input, struct fault *why)
{
    int found = -1;

    if (!words)
        return by_default(d, input, why);
    if (*words && !words[strspn(words, "0123456789")])
        return by_number(d, words, input, why);
    for (int i = 0; i < d->count; i++) {
        if (!usable(d->at + i, input))
            continue;
        if (!strcasecmp(d->at[i].name, words))
            return i;
        if (!matches(d->at + i, words))
            continue;
        if (found >= 0) {
            fault_set(why, EX_USAGE, "%s: could be %s or %s (lull devices lists them)", words,
                      d->at[found].name, d->at[i].name);
            return -1;
        }
        found = i;
    }
    if (found < 0)
        fault_set(why, EX_UNAVAILABLE, "%s: no such %s (lull devices lists them)", words,
                  input ? "microphone" : "speaker");
    return found;
}
