#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""picture.py - draws a sound before and after, as waveform and spectrogram.

    make demo && samples/picture.py [NOISY.wav QUIET.wav OUT.png [TOP_KHZ]]

Without arguments it makes samples/before-after.png, the picture in README.
Needs Debian's python3-numpy and python3-pil; the files are 16-bit WAV.
"""
import sys
import wave

import numpy as np
from PIL import Image, ImageDraw, ImageFont

WIDTH, LEFT, RIGHT, TOP = 1640, 136, 44, 40         # pixels; shown at half size
WAVE, SPECTRUM, GAP, BOTTOM = 96, 280, 48, 80
SPAN_S, FLOOR_DB, CEILING_DB = 0.032, -80, -30      # of the spectrogram, dB re full scale
CARD, INK, FAINT = (13, 17, 23), (214, 222, 230), (125, 135, 147)
COLOURS = [(13, 17, 23), (17, 36, 62), (22, 79, 107), (38, 135, 138), (111, 190, 155),
           (226, 234, 178), (255, 252, 236)]
FONT = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"


def read(path):
    with wave.open(path) as w:
        x = np.frombuffer(w.readframes(w.getnframes()), "<i2").reshape(-1, w.getnchannels())
        return x.mean(1) / 32768, w.getframerate()


def spectrogram(x, rate, columns, rows, top_hz):
    """dB [rows][columns], low frequencies last."""
    n = int(SPAN_S * rate)
    window = np.hanning(n + 2)[1:-1]
    x = np.pad(x, n // 2)
    starts = np.linspace(0, len(x) - n, columns).astype(int)
    power = np.abs(np.fft.rfft(x[starts[:, None] + np.arange(n)] * window, 4 * n)) ** 2
    at = (np.arange(rows)[::-1] + 0.5) / rows * top_hz / (rate / (4 * n))
    return 10 * np.log10(power[:, at.astype(int)].T / window.sum() ** 2 * 4 + 1e-20)


def colour(db):
    """RGB of levels, through the stops of COLOURS."""
    at = np.clip((db - FLOOR_DB) / (CEILING_DB - FLOOR_DB), 0, 1) * (len(COLOURS) - 1)
    at = np.round(at * 8) / 8                       # few colours: a small file
    return np.stack([np.interp(at, range(len(COLOURS)), c) for c in zip(*COLOURS)], -1).astype(np.uint8)


def draw_wave(draw, x, y, width):
    middle = y + WAVE / 2
    for i, piece in enumerate(np.array_split(x, width // 2)):
        low, high = piece.min() * SCALE, piece.max() * SCALE
        draw.line([(LEFT + 2 * i, middle - high * WAVE / 2), (LEFT + 2 * i, middle - low * WAVE / 2)],
                  fill=(88, 166, 160), width=2)


def draw_sound(image, x, rate, y, title, top_khz):
    draw = ImageDraw.Draw(image)
    width = WIDTH - LEFT - RIGHT
    draw.text((LEFT - 18, y + WAVE / 2), title, INK, font=large, anchor="rm")
    draw_wave(draw, x, y, width)
    y += WAVE + 6
    db = spectrogram(x, rate, width // 2, SPECTRUM // 2, 1000 * top_khz)
    image.paste(Image.fromarray(colour(db)).resize((width, SPECTRUM), Image.NEAREST), (LEFT, y))
    for khz in range(0, top_khz + 1, 2):
        at = y + SPECTRUM * (1 - khz / top_khz)
        label = f"{khz} kHz" if khz == top_khz else str(khz)
        draw.text((LEFT - 18, at), label, FAINT, font=small, anchor="rm")
        draw.line([(LEFT - 10, at), (LEFT - 3, at)], fill=FAINT, width=2)
    return y + SPECTRUM


noisy_path, quiet_path, out = (sys.argv[1:4] if len(sys.argv) > 3 else
                               ("samples/sounds/noisy/fan.wav", "build/demo/fan.wav",
                                "samples/before-after.png"))
top_khz = int(sys.argv[4]) if len(sys.argv) > 4 else 6
large, small = ImageFont.truetype(FONT, 28), ImageFont.truetype(FONT, 21)
noisy, rate = read(noisy_path)
quiet, _ = read(quiet_path)
SCALE = 0.98 / np.abs(noisy).max()

height = TOP + 2 * (WAVE + 6 + SPECTRUM) + GAP + BOTTOM
image = Image.new("RGB", (WIDTH, height), CARD)
y = draw_sound(image, noisy, rate, TOP, "before", top_khz)
y = draw_sound(image, quiet, rate, y + GAP, "after", top_khz)
draw = ImageDraw.Draw(image)
seconds = len(noisy) / rate
for s in range(int(seconds) + 1):
    at = LEFT + (WIDTH - LEFT - RIGHT) * s / seconds
    draw.line([(at, y + 4), (at, y + 12)], fill=FAINT, width=2)
    draw.text((at, y + 20), f"{s} s" if s == int(seconds) else str(s), FAINT, font=small, anchor="ma")

card = Image.new("L", image.size, 0)
ImageDraw.Draw(card).rounded_rectangle([0, 0, WIDTH - 1, height - 1], 24, fill=255)
image = image.quantize(96)
mask = np.asarray(card) < 128                       # outside the card: clear
pixels = np.asarray(image).copy()
clear = 255
pixels[mask] = clear
result = Image.fromarray(pixels, "P")
result.putpalette(image.getpalette()[: 3 * 96] + [0] * 3 * 160)
result.save(out, optimize=True, transparency=clear)
print(f"{out}: {result.width} x {result.height}")
