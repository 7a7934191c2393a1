/* SPDX-License-Identifier: MIT */
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    const struct sound csv = { .container = CONTAINER_CSV, .rate_hz = n & 1 ? 250 : 0 };

    (n & 2 ? fuzz_file : fuzz_pipe)(bytes, n, &csv);
    return 0;
}
