/* SPDX-License-Identifier: MIT */
#include "base/store.h"
#include "filter/file.h"
#include "fuzz.h"
#include <stdlib.h>
#include <string.h>

static void look(const uint8_t *bytes, size_t n)
{
    struct filter_file f;
    struct filter_fault why = { 0 };
    const unsigned char *at;
    size_t size;

    if (!filter_file_open(bytes, n, &f, &why))
        demand(!!why.reason, "what is refused has a reason");
    else if (filter_file_section(&f, "SIGN", &at, &size) ||
             filter_file_section(&f, "NOIS", &at, &size))
        demand(at >= bytes && size <= n && at + size <= bytes + n - 4,
               "a section lies within the bytes");
}

/* As it is, and sealed: nobody finds a CRC by chance. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    uint8_t *const copy = malloc(n + 4);
    const uint32_t crc = store_crc(0, bytes, n);

    look(bytes, n);
    if (n)
        memcpy(copy, bytes, n);
    for (size_t i = 0; i < 4; i++)
        copy[n + i] = (uint8_t)(crc >> 8 * i);
    look(copy, n + 4);
    free(copy);
    return 0;
}
