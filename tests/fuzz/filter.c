/* SPDX-License-Identifier: MIT */
#include "filter/filter.h"
#include "fuzz.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    char *const text = malloc(n + 1);
    struct filter f;
    int line;

    memcpy(text, bytes, n);
    text[n] = '\0';
    filter_parse(text, &f, &line);
    free(text);
    return 0;
}
