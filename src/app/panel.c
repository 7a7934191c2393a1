/* SPDX-License-Identifier: MIT
 *
 * panel.c - see panel.h.
 */
#include "app/panel.h"
#include "app/progress.h"
#include <math.h>
#include <stdarg.h>
#include <unistd.h>

static const double DRAW_S = 0.1, LINE_S = 1, HOLD_S = 1.5;
static const float FALL_DB = 2, STEP_DB = 3;    /* of a peak a picture; of a key */

void panel_begin(struct panel *p, FILE *voice, bool quiet)
{
    p->voice = voice;
    p->quiet = quiet;
    p->terminal = isatty(fileno(voice));
    p->view.in_peak_db = p->view.out_peak_db = -200;
    keys_begin(&p->keys);
    if (p->terminal && !quiet)
        screen_begin(&p->screen, voice);
}

void panel_tell(struct panel *p, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(p->news, sizeof p->news, format, args);
    va_end(args);
    p->view.news = p->news;
    if (!p->terminal && !p->quiet) {
        fprintf(p->voice, "lull: %s\n", p->news);
        fflush(p->voice);
    }
    p->drawn_s = 0;
}

static void reduce(struct panel *p, lull *l, float by_db)
{
    p->view.reduction_db = fminf(fmaxf(p->view.reduction_db + by_db, 0), 60);
    lull_set(l, LULL_REDUCTION_DB, p->view.reduction_db);
}

static bool flip(bool *what)
{
    return *what = !*what;
}

static bool obey(struct panel *p, struct through *t, int key)
{
    switch (key) {
    case 'b':
        lull_set(t->l, LULL_BYPASS, flip(&p->view.bypass));
        break;
    case 'r':
        lull_set(t->l, LULL_RESIDUAL, flip(&p->view.residual));
        break;
    case 'f':
        atomic_store(&t->freeze, flip(&p->view.freeze));
        break;
    case 'l':
        atomic_store(&t->renew, true);
        panel_tell(p, "learning the noise anew");
        break;
    case 's':
        p->asked = true;
        break;
    case '+':
    case '=':
        reduce(p, t->l, STEP_DB);
        break;
    case '-':
        reduce(p, t->l, -STEP_DB);
        break;
    case 'q':
        return false;
    default:
        return true;
    }
    p->drawn_s = 0;
    return true;
}

/* The highest of late: held, then sinking. */
static void hold(float *db, double *since, _Atomic float *peak, double now)
{
    const float value = 20 * log10f(fmaxf(atomic_exchange(peak, 0), 1e-10f));

    if (value >= *db) {
        *db = value;
        *since = now;
    } else if (now - *since > HOLD_S) {
        *db = fmaxf(*db - FALL_DB, value);
    }
}

static void look(struct panel *p, struct through *t, double now)
{
    struct view *const v = &p->view;

    lull_read(t->l, &v->now);
    v->seconds = (double)atomic_load(&t->frames) / t->rate_hz;
    v->load = atomic_load(&t->load);
    v->lost = atomic_load(&t->lost);
    hold(&v->in_peak_db, &p->in_held_s, &t->in_peak, now);
    hold(&v->out_peak_db, &p->out_held_s, &t->out_peak, now);
}

static void show(struct panel *p, struct through *t)
{
    const double now = seconds_now();

    if (p->quiet || now - p->drawn_s < (p->terminal ? DRAW_S : LINE_S))
        return;
    p->drawn_s = now;
    look(p, t, now);
    if (p->terminal)
        screen_draw(&p->screen, &p->view);
    else
        screen_line(p->voice, &p->view);
}

bool panel_tick(struct panel *p, struct through *t, int wait_ms)
{
    const int key = keys_next(&p->keys, wait_ms);

    if (key && !obey(p, t, key))
        return false;
    show(p, t);
    return true;
}

void panel_end(struct panel *p)
{
    keys_end(&p->keys);
    fflush(p->voice);
}
