#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""heartbeat.py - makes a heartbeat, for lack of a patient: two leads of an ECG.

    samples/heartbeat.py > samples/ecg.csv          with all that disturbs one
    samples/heartbeat.py clean                      without

Each beat is five bumps (P, Q, R, S, T); no beat comes quite as the last one did.
Over it lie muscles, of which one tenses for a while, mains hum at 50 Hz and a
baseline that wanders with the breath.
"""
import math
import random
import sys

RATE_HZ, SECONDS, LEADS = 250, 10, 2
# s from the top of R; s wide; mV in each lead
BUMPS = [(-.19, .025, (.12, .08)), (-.028, .009, (-.10, -.06)), (0, .011, (1.1, .70)),
         (.029, .010, (-.25, -.32)), (.27, .045, (.30, .20))]
MUSCLE, TENSE, HUM, BREATH = .045, .045, (.10, .06), (.28, -.17)     # mV


def beats(dice):
    """When each R comes, how high it is and how late its T."""
    at, found = .35, []
    while at < SECONDS + .5:
        found.append((at, dice.gauss(1, .03), dice.gauss(1, .02)))
        at += .84 + .04 * math.sin(1.7 * at) + dice.gauss(0, .012)
    return found


def heart(t, lead, series):
    x = 0
    for at, height, stretch in series:
        for offset, width, mV in BUMPS:
            late = t - at - offset * stretch
            x += height * mV[lead] * math.exp(-.5 * (late / width) ** 2)
    return x


def disturbance(t, lead, dice):
    tense = TENSE * math.exp(-.5 * ((t - 6.4) / .7) ** 2)
    hum = math.sin(100 * math.pi * t + lead) + .25 * math.sin(300 * math.pi * t)
    breath = math.sin(1.6 * t + 1) + .5 * math.sin(.67 * t + 2)
    return (MUSCLE + tense) * dice.gauss(0, 1) + HUM[lead] * hum + BREATH[lead] * breath


clean = sys.argv[1:] == ["clean"]
series, dice = beats(random.Random(1)), random.Random(2)
print("time,I,II")
for i in range(SECONDS * RATE_HZ):
    t = i / RATE_HZ
    leads = [heart(t, lead, series) + (0 if clean else disturbance(t, lead, dice))
             for lead in range(LEADS)]
    print("%.3f," % t + ",".join("%.4f" % x for x in leads))
