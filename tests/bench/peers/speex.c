/* SPDX-License-Identifier: MIT
 *
 * speex.c - SpeexDSP's noise suppression as a pipe, to be timed beside lull.
 *
 *     speex RATE < raw s16 mono > raw s16 mono
 *
 * Frames of 20 ms and the library's own defaults, as its manual has it.
 */
#include <speex/speex_preprocess.h>
#include <stdio.h>
#include <stdlib.h>

enum { MOST = 192000 / 50 };

int main(int argc, char **argv)
{
    static spx_int16_t frame[MOST];
    const int rate = argc == 2 ? atoi(argv[1]) : 0, n = rate / 50;
    SpeexPreprocessState *const s =
        n > 0 && n <= MOST ? speex_preprocess_state_init(n, rate) : NULL;

    if (!s)
        return 64;
    while (fread(frame, sizeof *frame, (size_t)n, stdin) == (size_t)n) {
        speex_preprocess_run(s, frame);
        if (fwrite(frame, sizeof *frame, (size_t)n, stdout) != (size_t)n)
            return 74;
    }
    speex_preprocess_state_destroy(s);
    return 0;
}
