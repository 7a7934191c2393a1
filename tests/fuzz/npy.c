/* SPDX-License-Identifier: MIT */
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    const struct sound npy = { .container = CONTAINER_NPY, .rate_hz = 250 };

    (n & 2 ? fuzz_file : fuzz_pipe)(bytes, n, &npy);
    return 0;
}
