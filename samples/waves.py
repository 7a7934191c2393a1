#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""waves.py - draws tables before and after as SVG, for README.

    samples/waves.py ecg BEFORE.csv AFTER.csv > samples/ecg.svg
    samples/waves.py eeg TABLE.csv > samples/eeg.svg        TABLE of 7-sensors

What was measured is grey, what was made of it green.
"""
import csv
import math
import sys

WIDTH, LEFT, RIGHT, TOP, BOTTOM = 820, 66, 30, 42, 36
CARD, TITLE, FAINT, GRID = "#0d1117", "#d6dee6", "#7d8793", "#1c242d"
BEFORE, AFTER = "#8b949e", "#6fbe9b"
MV = 68                     # pixels for one mV
STEP = 76                   # from one electrode to the next


def read(path):
    """The names of the columns, and the columns; time comes first."""
    with open(path, newline="") as f:
        names, *rows = csv.reader(f)
    return names, [list(map(float, column)) for column in zip(*rows)]


def path(times, xs, place, level):
    """One stroke for each stretch that is known, in steps of tenths."""
    words, last = [], None
    for t, x in zip(times, xs):
        if math.isnan(x):
            last = None
            continue
        at = round(10 * place(t)), round(10 * level(x))
        words.append("%s%g %g" % ("l" if last else "M", (at[0] - (last or (0, 0))[0]) / 10,
                                  (at[1] - (last or (0, 0))[1]) / 10))
        last = at
    return "".join(words)


class Picture:
    def __init__(self, height, times):
        self.height, self.times, self.parts = height, times, []

    def place(self, t):
        first, last = self.times[0], self.times[-1]
        return LEFT + (WIDTH - LEFT - RIGHT) * (t - first) / (last - first)

    def text(self, x, y, words, colour=FAINT, anchor="start", size=12):
        self.parts.append("<text x='%.1f' y='%.1f' fill='%s' text-anchor='%s' font-size='%d'>%s</text>"
                          % (x, y, colour, anchor, size, words))

    def line(self, x1, y1, x2, y2, colour=GRID):
        self.parts.append("<path d='M%.1f %.1fL%.1f %.1f' stroke='%s'/>" % (x1, y1, x2, y2, colour))

    def wave(self, xs, middle, scale, colour, width):
        d = path(self.times, xs, self.place, lambda x: middle - scale * x)
        self.parts.append("<path fill='none' stroke='%s' stroke-width='%.1f' "
                          "stroke-linejoin='round' d='%s'/>" % (colour, width, d))

    def seconds(self):
        for s in range(math.ceil(self.times[0]), math.floor(self.times[-1] + .01) + 1):
            x = self.place(s)
            self.line(x, TOP, x, self.height - BOTTOM)
            self.text(x, self.height - 14, "%d s" % s, anchor="middle")

    def write(self):
        print("<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 %d %d' font-family='sans-serif'>"
              % (WIDTH, self.height))
        print("<rect width='%d' height='%d' rx='10' fill='%s'/>" % (WIDTH, self.height, CARD))
        print("\n".join(self.parts) + "\n</svg>")


def draw_ecg(before, after):
    """One lead over some seconds, before above after."""
    before, after = ([[x for t, x in zip(columns[0], column) if 4 <= t <= 9] for column in columns]
                     for _, columns in (before, after))
    p = Picture(344, before[0])
    p.seconds()
    p.text(LEFT, 24, "A heartbeat: muscles, mains hum and a wandering baseline go", TITLE, size=14)
    for title, columns, middle, colour, width in (("before", before, 152, BEFORE, 1.1),
                                                  ("after", after, 283, AFTER, 1.6)):
        p.text(LEFT - 10, middle + 4, title, colour, "end", 13)
        p.wave(columns[1], middle, MV, colour, width)
    x, y = WIDTH - RIGHT, 4
    p.line(x, y, x, y + MV / 2, FAINT)
    p.text(x - 8, 24, "0.5 mV", anchor="end", size=11)
    p.write()


def draw_eeg(table):
    names, (times, *waves) = table
    pairs = list(zip(names[1::2], waves[::2], waves[1::2]))
    p = Picture(TOP + BOTTOM + STEP * len(pairs), times)
    p.seconds()
    p.text(LEFT, 24, "Five of 32 electrodes; one comes loose, and the others tell what it misses", TITLE,
           size=14)
    p.text(WIDTH - RIGHT, 24, "after", AFTER, "end")
    p.text(WIDTH - RIGHT - 44, 24, "before", BEFORE, "end")
    most = max(abs(x) for _, _, after in pairs for x in after)
    for i, (name, before, after) in enumerate(pairs):
        middle, scale = TOP + STEP * (i + .5), .48 * STEP / most
        p.text(LEFT - 12, middle + 4, name.split()[-1], anchor="end", size=13)
        p.wave(before, middle, scale, "#5d6671", .8)
        p.wave(after, middle, scale, AFTER, 1.5)
    p.write()


kind, *paths = sys.argv[1:] or [""]
if kind == "ecg" and len(paths) == 2:
    draw_ecg(*map(read, paths))
elif kind == "eeg" and len(paths) == 1:
    draw_eeg(read(paths[0]))
else:
    sys.exit(__doc__)
