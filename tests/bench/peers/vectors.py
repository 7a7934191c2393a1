# SPDX-License-Identifier: MIT
#
# vectors.py - what a frame costs numpy and scikit-learn, to be set beside the tracker:
#
#     vectors.py
#
# prints "name n r us", us for one frame: an SVD of a window of 199 frames by numpy,
# anew for each frame; IncrementalPCA by partial_fit in blocks of 5 r frames (its own
# default), shared out over them.  CPU time of one thread, the least of several runs.
import os

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import time

import numpy

WINDOW, RUNS, RANK = 199, 5, 16
random = numpy.random.default_rng(1)


def least_us(work):
    took = []
    for _ in range(RUNS):
        start = time.thread_time()
        work()
        took.append(time.thread_time() - start)
    return 1e6 * min(took)


def frames(count, n):
    return random.standard_normal((count, n)).astype(numpy.float32)


def numpy_svd(n):
    window = frames(WINDOW, n)
    return least_us(lambda: numpy.linalg.svd(window, full_matrices=False))


def incremental_pca(n):
    from sklearn.decomposition import IncrementalPCA

    block = frames(5 * RANK, n)
    model = IncrementalPCA(n_components=RANK)
    model.partial_fit(block)
    return least_us(lambda: model.partial_fit(block)) / len(block)


for name, work in ("numpy_svd", numpy_svd), ("sklearn_incremental_pca", incremental_pca):
    try:
        for n in 64, 256, 1024:
            print(name, n, RANK, "%.1f" % work(n), flush=True)
    except ImportError:
        print(name, "is not installed", flush=True)
