/* SPDX-License-Identifier: MIT
 *
 * ladspa.c - lull inside other people's programs: lull_mono, lull_stereo.
 *
 * run() does what LULL_RT promises.  Filter and delay decide how much memory
 * there is, so a change of theirs waits for the next activate(), which a host
 * does not call in the stream.  The output port `latency` counts frames, and
 * is what hosts that make up for it look for.
 *
 * A filter of one's own is a text, and LADSPA has no ports for texts: Filter -1
 * is the file that LULL_FILTER names in the environment of the host.
 */
#include "lull.h"
#include "plugin/choice.h"
#include <ladspa.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { CHANNELS_MAX = 2, TEXT_MOST = (1 << 16) + 1 };
enum { REDUCTION, MIX, RESIDUAL, BYPASS, FILTER, DELAY, LATENCY, CONTROLS };

/* Ours are not registered. */
enum { ID_MONO = 27765, ID_STEREO = 27766 };

struct plugin {
    lull *l;
    unsigned channels;
    double rate_hz;
    int filter;
    float delay_ms;
    const LADSPA_Data *in[CHANNELS_MAX];
    LADSPA_Data *out[CHANNELS_MAX];
    LADSPA_Data *control[CONTROLS];
};

/* Where a host connects nothing. */
static const float usual[CONTROLS] = { 24, 1, 0, 0, 0, 32, 0 };

static float control(const struct plugin *p, unsigned i)
{
    const float value = p->control[i] ? *p->control[i] : usual[i];

    return isfinite(value) ? value : usual[i];
}

/* As the engine offers it: the nearest that is not above. */
static float delay_of(float ms)
{
    return ms >= 32 ? 32 : ms >= 16 ? 16 : 10;
}

/* The text of a file, to be freed, or NULL. */
static char *read_text(const char *path)
{
    FILE *const file = path ? fopen(path, "rb") : NULL;
    char *const text = file ? calloc(TEXT_MOST, 1) : NULL;
    const size_t n = text ? fread(text, 1, TEXT_MOST, file) : 0;

    if (file)
        fclose(file);
    if (n && n < TEXT_MOST)
        return text;
    free(text);
    return NULL;
}

/* Filters that know no such delay have one of their own. */
static lull *new_of(const struct plugin *p, const char *filter, float delay_ms)
{
    lull_config cfg = lull_preset(filter, p->rate_hz, p->channels);
    lull_status why;
    const float own = cfg.latency_ms;

    cfg.latency_ms = delay_ms;

    lull *l = lull_new(&cfg, &why);

    if (l || why != LULL_BAD_LATENCY)
        return l;
    cfg.latency_ms = own;
    return lull_new(&cfg, NULL);
}

static lull *new_of_file(const struct plugin *p, float delay_ms)
{
    const char *const path = getenv(CHOICE_VARIABLE);
    char *const text = read_text(path);
    lull *const l = new_of(p, text, delay_ms);

    free(text);
    if (!l)
        fprintf(stderr, "lull: %s: %s: no filter, or none for this sound; stays at speech\n",
                CHOICE_VARIABLE, path ? path : "not set");
    return l;
}

static lull *new_lull(const struct plugin *p, int filter, float delay_ms)
{
    return filter == CHOICE_FILE ? new_of_file(p, delay_ms)
                                 : new_of(p, choice_name(filter), delay_ms);
}

static LADSPA_Handle instantiate(const LADSPA_Descriptor *d, unsigned long rate_hz)
{
    struct plugin *p = malloc(sizeof *p);

    if (!p)
        return NULL;
    *p = (struct plugin){
        .channels = d->UniqueID == ID_MONO ? 1 : 2,
        .rate_hz = (double)rate_hz,
        .delay_ms = 32,
    };
    p->l = new_lull(p, p->filter, p->delay_ms);
    if (p->l)
        return p;
    free(p);
    return NULL;
}

static void connect_port(LADSPA_Handle handle, unsigned long port, LADSPA_Data *data)
{
    struct plugin *const p = handle;

    if (port < p->channels)
        p->in[port] = data;
    else if (port < 2 * p->channels)
        p->out[port - p->channels] = data;
    else if (port < 2 * p->channels + CONTROLS)
        p->control[port - 2 * p->channels] = data;
}

static void tell_latency(const struct plugin *p)
{
    if (p->control[LATENCY])
        *p->control[LATENCY] = (float)lull_latency(p->l);
}

static void obey(struct plugin *p)
{
    lull_set(p->l, LULL_REDUCTION_DB, control(p, REDUCTION));
    lull_set(p->l, LULL_MIX, control(p, MIX));
    lull_set(p->l, LULL_RESIDUAL, control(p, RESIDUAL) > 0);
    lull_set(p->l, LULL_BYPASS, control(p, BYPASS) > 0);
}

static void activate(LADSPA_Handle handle)
{
    struct plugin *const p = handle;
    const int filter = (int)lrintf(fminf(fmaxf(control(p, FILTER), CHOICE_FILE), CHOICES));
    const float delay_ms = delay_of(control(p, DELAY));

    if (filter != p->filter || delay_ms != p->delay_ms) {
        lull *const l = new_lull(p, filter, delay_ms);

        if (l) {
            lull_free(p->l);
            p->l = l;
            p->filter = filter;
            p->delay_ms = delay_ms;
        }
    }
    obey(p);
    lull_reset(p->l);
    tell_latency(p);
}

static void run(LADSPA_Handle handle, unsigned long frames)
{
    struct plugin *const p = handle;

    obey(p);
    lull_process_planar(p->l, p->in, p->out, frames);
    tell_latency(p);
}

static void cleanup(LADSPA_Handle handle)
{
    struct plugin *const p = handle;

    lull_free(p->l);
    free(p);
}

/* ---- what hosts read */

#define AUDIO_IN (LADSPA_PORT_AUDIO | LADSPA_PORT_INPUT)
#define AUDIO_OUT (LADSPA_PORT_AUDIO | LADSPA_PORT_OUTPUT)
#define IN (LADSPA_PORT_CONTROL | LADSPA_PORT_INPUT)
#define OUT (LADSPA_PORT_CONTROL | LADSPA_PORT_OUTPUT)
#define CONTROL_PORTS IN, IN, IN, IN, IN, IN, OUT

#define CONTROL_NAMES                                                                            \
    "Reduction (dB)", "Mix", "Residual", "Bypass", "Filter", "Delay (ms)", "latency"

/* LADSPA has no number for a default: 24 dB has to be the middle of something. */
#define BOUNDED (LADSPA_HINT_BOUNDED_BELOW | LADSPA_HINT_BOUNDED_ABOVE)
#define SWITCH (LADSPA_HINT_TOGGLED | LADSPA_HINT_DEFAULT_0)
#define ANY { 0, 0, 0 }
#define CONTROL_HINTS                                                                            \
    { BOUNDED | LADSPA_HINT_DEFAULT_MIDDLE, 0, 48 },                                             \
    { BOUNDED | LADSPA_HINT_DEFAULT_1, 0, 1 },                                                   \
    { SWITCH, 0, 0 },                                                                            \
    { SWITCH, 0, 0 },                                                                            \
    { BOUNDED | LADSPA_HINT_INTEGER | LADSPA_HINT_DEFAULT_0, CHOICE_FILE, CHOICES - 1 },         \
    { BOUNDED | LADSPA_HINT_DEFAULT_MAXIMUM, 10, 32 }, ANY

#define WITH_FUNCTIONS                                                                           \
    .Properties = LADSPA_PROPERTY_HARD_RT_CAPABLE, .Maker = "lull",                              \
    .Copyright = "MIT; linked with FFTW: GPL", .instantiate = instantiate,                       \
    .connect_port = connect_port, .activate = activate, .run = run, .cleanup = cleanup

static const LADSPA_PortDescriptor mono_ports[] = { AUDIO_IN, AUDIO_OUT, CONTROL_PORTS };
static const LADSPA_PortDescriptor stereo_ports[] = { AUDIO_IN, AUDIO_IN, AUDIO_OUT, AUDIO_OUT,
                                                      CONTROL_PORTS };
static const char *const mono_names[] = { "Input", "Output", CONTROL_NAMES };
static const char *const stereo_names[] = { "Input (Left)", "Input (Right)", "Output (Left)",
                                            "Output (Right)", CONTROL_NAMES };
static const LADSPA_PortRangeHint mono_hints[] = { ANY, ANY, CONTROL_HINTS };
static const LADSPA_PortRangeHint stereo_hints[] = { ANY, ANY, ANY, ANY, CONTROL_HINTS };

static const LADSPA_Descriptor descriptors[] = {
    { .UniqueID = ID_MONO, .Label = "lull_mono", .Name = "lull, noise reduction (mono)",
      .PortCount = 2 + CONTROLS, .PortDescriptors = mono_ports, .PortNames = mono_names,
      .PortRangeHints = mono_hints, WITH_FUNCTIONS },
    { .UniqueID = ID_STEREO, .Label = "lull_stereo", .Name = "lull, noise reduction (stereo)",
      .PortCount = 4 + CONTROLS, .PortDescriptors = stereo_ports, .PortNames = stereo_names,
      .PortRangeHints = stereo_hints, WITH_FUNCTIONS },
};

LULL_API const LADSPA_Descriptor *ladspa_descriptor(unsigned long i)
{
    return i < sizeof descriptors / sizeof *descriptors ? descriptors + i : NULL;
}
