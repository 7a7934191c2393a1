/* SPDX-License-Identifier: MIT
 *
 * devices.c - lists microphones and speakers.
 */
#include "app/devices.h"
#include "app/errors.h"
#include "device/device.h"
#include "device/hush.h"
#include <stdio.h>

static void print_device(const struct devices *d, int i)
{
    const struct device *at = d->at + i;

    printf("%3d %c%c %2u in %2u out  %6g Hz  %-5s %s\n", i, i == d->in ? '>' : ' ',
           i == d->out ? '<' : ' ', at->ins > 99 ? 99 : at->ins, at->outs > 99 ? 99 : at->outs,
           at->rate_hz, at->api, at->name);
}

static bool list(struct devices *d, bool loud, struct fault *why)
{
    struct asker asker;
    struct hush hush;

    hush_begin(&hush, loud);

    const bool listed =
        asker_open(&asker, why) && devices_list(&asker, d, DEVICES_PATIENCE_S, why);

    asker_close(&asker);
    hush_end(&hush);
    return listed;
}

int devices(const struct options *o)
{
    struct devices d;
    struct fault why;

    if (!list(&d, o->verbose, &why))
        return complain(why.code, "%s", why.text);
    for (int i = 0; i < d.count; i++)
        print_device(&d, i);
    return 0;
}
