/* SPDX-License-Identifier: MIT */
#include "filter/filter.h"
#include "fuzz.h"
#include <stdlib.h>
#include <string.h>

/* What is refused has a reason. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    char *const text = malloc(n + 1);
    struct recipe r = { 0 };
    struct filter_fault why = { 0 };

    memcpy(text, bytes, n);
    text[n] = '\0';
    if (!filter_parse(text, &r, &why) && !why.reason)
        abort();
    free(text);
    return 0;
}
