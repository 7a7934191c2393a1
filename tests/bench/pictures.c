/* SPDX-License-Identifier: MIT
 *
 * pictures.c - draws what the tracker does as its signal moves: three SVG files
 * in the folder given, for README.
 *
 *   tracker-step.svg     the step follows the speed of the subspace
 *   tracker-jump.svg     what is lost around an abrupt change
 *   tracker-rank.svg     the rank follows the number of sources
 */
#include "scene.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { WIDTH = 820, HEIGHT = 260, LEFT = 64, RIGHT = 150, TOP = 36, BOTTOM = 36, MOST = 4 };


struct curve {
    const char *name, *colour;
    double *y; /* [points] */
};

struct picture {
    const char *title, *unit;
    double least, most;  /* of the vertical axis                */
    const double *marks; /* its labels, ending in NAN           */
    int logarithmic;
    size_t points, stride;    /* points; frames from one to the next */
    struct curve curve[MOST]; /* ending with one without name        */
};

static double level(const struct picture *p, double y)
{
    const double share = p->logarithmic ? log(y / p->least) / log(p->most / p->least)
                                        : (y - p->least) / (p->most - p->least);

    return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * fmin(fmax(share, 0), 1);
}

static double place(const struct picture *p, size_t i)
{
    return LEFT + (double)(WIDTH - LEFT - RIGHT) * (double)i / (double)p->points;
}

static void draw_axes(FILE *f, const struct picture *p)
{
    fprintf(f, "<text x='%d' y='20' fill='#d6dee6' font-size='14'>%s</text>\n", LEFT, p->title);
    for (const double *m = p->marks; !isnan(*m); m++)
        fprintf(f,
                "<line x1='%d' x2='%d' y1='%.1f' y2='%.1f' stroke='#222a33'/>"
                "<text x='%d' y='%.1f' text-anchor='end'>%g%s</text>\n",
                LEFT, WIDTH - RIGHT, level(p, *m), level(p, *m), LEFT - 8, level(p, *m) + 4, *m,
                p->unit);
    for (size_t i = 0; i <= 5; i++) {
        const size_t at = p->points * i / 5;

        fprintf(f, "<text x='%.1f' y='%d' text-anchor='middle'>%zu</text>\n", place(p, at),
                HEIGHT - 14, at * p->stride);
    }
    fprintf(f, "<text x='%d' y='%d'>frames</text>\n", WIDTH - RIGHT + 24, HEIGHT - 14);
}

static void draw_curve(FILE *f, const struct picture *p, const struct curve *c, int row)
{
    fprintf(f, "<polyline fill='none' stroke='%s' stroke-width='1.6' points='", c->colour);
    for (size_t i = 0; i < p->points; i++)
        fprintf(f, "%.1f,%.1f ", place(p, i), level(p, c->y[i]));
    fprintf(f, "'/>\n<text x='%d' y='%d' fill='%s'>%s</text>\n", WIDTH - RIGHT + 12,
            TOP + 18 + 20 * row, c->colour, c->name);
}

static int write_picture(const char *folder, const char *name, const struct picture *p)
{
    char path[4096];
    FILE *f;

    snprintf(path, sizeof path, "%s/%s", folder, name);
    f = fopen(path, "w");
    if (!f) {
        perror(path);
        return 1;
    }
    fprintf(f,
            "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 %d %d' font-family="
            "'sans-serif' font-size='12' fill='#7d8793'>\n<rect width='%d' height='%d' "
            "fill='#0d1117'/>\n",
            WIDTH, HEIGHT, WIDTH, HEIGHT);
    draw_axes(f, p);
    for (int i = 0; i < MOST && p->curve[i].name; i++)
        draw_curve(f, p, p->curve + i, i);
    fprintf(f, "</svg>\n");
    if (fclose(f)) {
        perror(path);
        return 1;
    }
    return 0;
}

static lull_tracker *tracker(size_t rank, float step, int auto_rank)
{
    lull_tracker_config cfg = lull_tracker_defaults(64, rank);

    cfg.step = step;
    cfg.auto_rank = auto_rank;
    return lull_tracker_new(&cfg, NULL);
}

static double *room(size_t points)
{
    return calloc(points, sizeof(double));
}

/* Rest, slow, fast, slow, rest; beside it the best fixed step for each. */
static int draw_step(const char *folder)
{
    static const double rates[] = { 0, 1e-3, 5e-3, 1e-3, 0 },
                        marks[] = { 1e-3, 1e-2, 1e-1, NAN };
    const size_t points = 1000, stride = 15;
    struct picture p = { .title = "The step follows the speed of the subspace (0, 1, 5, 1, 0 "
                                  "mrad a frame)",
                         .unit = "",
                         .least = 2e-4,
                         .most = 0.2,
                         .marks = marks,
                         .logarithmic = 1,
                         .points = points,
                         .stride = stride,
                         .curve = { { "best for this speed", "#6e7681", room(points) },
                                    { "automatic", "#6fbe9b", room(points) } } };
    struct scene s = scene_new(64, 1, 4, scene_strong, 5);
    lull_tracker *const t = tracker(4, 0, 0);

    for (size_t i = 0; i < points; i++) {
        const double rate = rates[i * 5 / points];

        for (size_t f = 0; f < stride; f++) {
            scene_turn(&s, rate);
            scene_frame(&s);
            lull_tracker_update(t, s.y, NULL, NULL);
        }
        /* where r n mu/2 + sum ell (rate/mu)^2 is least */
        p.curve[0].y[i] = fmax(cbrt(4 * 75 * rate * rate / (4 * 64)), p.least);
        p.curve[1].y[i] = (double)lull_tracker_step(t);
    }
    lull_tracker_free(t);
    scene_free(&s);
    const int failed = write_picture(folder, "tracker-step.svg", &p);

    free(p.curve[0].y);
    free(p.curve[1].y);
    return failed;
}

static int draw_jump(const char *folder)
{
    static const double marks[] = { 0, -10, -20, -30, NAN };
    static const float steps[] = { 0, 0.01f, 0.1f };
    const size_t points = 600, stride = 5, seeds = 8;
    struct picture p = { .title = "Signal energy missed, around an abrupt change at frame 1500",
                         .unit = " dB",
                         .least = -30,
                         .most = 0,
                         .marks = marks,
                         .points = points,
                         .stride = stride,
                         .curve = { { "automatic", "#6fbe9b", room(points) },
                                    { "step 0.01", "#e2b86b", room(points) },
                                    { "step 0.1", "#c86b6b", room(points) } } };

    for (size_t c = 0; c < 3; c++)
        for (size_t seed = 1; seed <= seeds; seed++) {
            struct scene s = scene_new(64, 1, 4, scene_strong, seed);
            lull_tracker *const t = tracker(4, steps[c], 0);

            for (size_t f = 0; f < points * stride; f++) {
                if (f == 1500)
                    scene_jump(&s, 4);
                scene_frame(&s);
                lull_tracker_update(t, s.y, NULL, NULL);
                if (f % stride == 0)
                    p.curve[c].y[f / stride] += scene_leak(&s, t) / (75.0 * (double)seeds);
            }
            lull_tracker_free(t);
            scene_free(&s);
        }
    for (size_t c = 0; c < 3; c++)
        for (size_t i = 0; i < points; i++)
            p.curve[c].y[i] = 10 * log10(p.curve[c].y[i]);
    const int failed = write_picture(folder, "tracker-jump.svg", &p);

    for (size_t c = 0; c < 3; c++)
        free(p.curve[c].y);
    return failed;
}

static int draw_rank(const char *folder)
{
    static const size_t ranks[] = { 2, 6, 3, 8, 1 };
    static const double marks[] = { 0, 2, 4, 6, 8, NAN };
    const double all[8] = { 20, 20, 20, 20, 20, 20, 20, 20 };
    const size_t points = 1000, stride = 10;
    struct picture p = { .title = "The rank follows the number of sources",
                         .unit = "",
                         .least = 0,
                         .most = 10,
                         .marks = marks,
                         .points = points,
                         .stride = stride,
                         .curve = { { "sources", "#6e7681", room(points) },
                                    { "rank", "#6fbe9b", room(points) } } };
    struct scene s = scene_new(64, 1, 8, all, 2);
    lull_tracker *const t = tracker(16, 0, 1);

    for (size_t i = 0; i < points; i++) {
        const size_t want = ranks[i * 5 / points];

        for (size_t j = 0; j < 8; j++)
            s.ell[j] = j < want ? 20 : 0;
        for (size_t f = 0; f < stride; f++) {
            scene_frame(&s);
            lull_tracker_update(t, s.y, NULL, NULL);
        }
        p.curve[0].y[i] = (double)want;
        p.curve[1].y[i] = (double)lull_tracker_rank(t);
    }
    lull_tracker_free(t);
    scene_free(&s);
    const int failed = write_picture(folder, "tracker-rank.svg", &p);

    free(p.curve[0].y);
    free(p.curve[1].y);
    return failed;
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: pictures FOLDER\n");
        return 64;
    }
    return draw_step(argv[1]) || draw_jump(argv[1]) || draw_rank(argv[1]);
}
