# SPDX-License-Identifier: MIT
"""lull.py - lull for Python: numpy in, numpy out.

    import lull, soundfile
    x, rate = soundfile.read("noisy.wav")
    soundfile.write("clean.wav", lull.denoise(x, rate), rate)

Copy it to where you need it.  It loads liblull.so.0 as `make install` puts it
down; $LULL_LIBRARY names another place."""
import ctypes
import ctypes.util
import os
import numpy as np


class Config(ctypes.Structure):
    _fields_ = [("filter", ctypes.c_char_p), ("rate_hz", ctypes.c_double),
                ("channels", ctypes.c_uint), ("latency_ms", ctypes.c_float),
                ("reduction_db", ctypes.c_float), ("mix", ctypes.c_float),
                ("filter_size", ctypes.c_size_t), ("adapt", ctypes.c_uint)]


_floats = ctypes.POINTER(ctypes.c_float)
_so = ctypes.CDLL(os.environ.get("LULL_LIBRARY") or ctypes.util.find_library("lull") or "liblull.so.0")
for _name, _result, *_arguments in (
        ("preset", Config, ctypes.c_char_p, ctypes.c_double, ctypes.c_uint),
        ("new", ctypes.c_void_p, ctypes.POINTER(Config), ctypes.POINTER(ctypes.c_int)),
        ("process", None, ctypes.c_void_p, _floats, _floats, ctypes.c_size_t),
        ("latency", ctypes.c_size_t, ctypes.c_void_p),
        ("flush", ctypes.c_size_t, ctypes.c_void_p, _floats, ctypes.c_size_t),
        ("free", None, ctypes.c_void_p), ("strerror", ctypes.c_char_p, ctypes.c_int)):
    _f = getattr(_so, "lull_" + _name)
    _f.restype, _f.argtypes = _result, _arguments


class Lull:
    """A stream: process() as much as there is at a time, then flush()."""

    def __init__(self, rate_hz, channels=1, filter="speech", **settings):
        self.channels, why = channels, ctypes.c_int()
        filter = filter.encode()                    # config points at it
        config = _so.lull_preset(filter, rate_hz, channels)
        for name, value in settings.items():        # latency_ms, reduction_db, mix
            setattr(config, name, value)
        self._l = _so.lull_new(config, why)
        if not self._l:
            raise ValueError(_so.lull_strerror(why).decode())
        self.latency = _so.lull_latency(self._l)    # frames by which the output lags

    def process(self, x):
        """x[frames] or x[frames, channels]; gives the same shape, as float32."""
        y = np.array(x, np.float32, order="C")      # a copy, denoised in place
        if y.size % self.channels or y.ndim > 1 and y.shape[1] != self.channels:
            raise ValueError(f"not {self.channels} channels: {y.shape}")
        p = y.ctypes.data_as(_floats)
        _so.lull_process(self._l, p, p, y.size // self.channels)
        return y

    def flush(self):
        """The last `latency` frames."""
        y = np.empty((self.latency, self.channels), np.float32)
        n = _so.lull_flush(self._l, y.ctypes.data_as(_floats), len(y))
        return y[:n] if self.channels > 1 else y[:n, 0]

    def __del__(self):
        if getattr(self, "_l", None):
            _so.lull_free(self._l)


def denoise(x, rate_hz, filter="speech", **settings):
    """All of x[frames] or x[frames, channels], in step with it."""
    x = np.asarray(x)
    l = Lull(rate_hz, x.shape[1] if x.ndim > 1 else 1, filter, **settings)
    return np.concatenate([l.process(x), l.flush().reshape((-1,) + x.shape[1:])])[l.latency:]
