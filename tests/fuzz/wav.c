/* SPDX-License-Identifier: MIT */
#include "fuzz.h"

/* A pipe, because our own reader is for pipes. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    fuzz_pipe(bytes, n, NULL);
    return 0;
}
