/* SPDX-License-Identifier: MIT
 *
 * devices.c - lists microphones and speakers.
 */
#include "app/devices.h"
#include "app/errors.h"
#include "device/device.h"
#include "device/hush.h"
#include <stdio.h>
#include <sysexits.h>

static void print_device(const struct devices *d, int i)
{
    const struct device *at = d->at + i;

    printf("%3d %c%c %2u in %2u out  %6g Hz  %-5s %s\n", i, i == d->in ? '>' : ' ',
           i == d->out ? '<' : ' ', at->ins > 99 ? 99 : at->ins, at->outs > 99 ? 99 : at->outs,
           at->rate_hz, at->api, at->name);
}

int devices(const struct options *o)
{
    struct devices d;
    struct fault why;
    struct hush hush;

    hush_begin(&hush, o->verbose);

    const bool listed = devices_list(&d, &why);

    hush_end(&hush);
    if (!listed)
        return complain(why.code, "%s", why.text);
    for (int i = 0; i < d.count; i++)
        print_device(&d, i);
    if (!d.count)
        return complain(EX_UNAVAILABLE, "there is no sound device here");
    return 0;
}
