"""A decision map as a textbook's script draws it, alone in its process: prints frames per CPU second.

The argument lists the layer sizes, such as 2,4,2,1. Do not make it faster: it is the yardstick.
"""

import statistics
import sys
import time

import numpy as np

sizes = [int(size) for size in sys.argv[1].split(",")]
rng = np.random.default_rng(0)
W = [rng.standard_normal((d, k)) / np.sqrt(d) for d, k in zip(sizes, sizes[1:], strict=False)]  # noqa: RUF007
b = [np.zeros(k) for k in sizes[1:]]

x, y = (axis.ravel() for axis in np.meshgrid(np.linspace(-6, 6, 256), np.linspace(-6, 6, 256)))
X = np.column_stack([x, y, x * x, y * y, x * y, np.sin(x), np.sin(y)][: sizes[0]])

seconds = []
for _ in range(100):
    start = time.process_time()
    a = X
    for i in range(len(W)):
        a = np.tanh(a @ W[i] + b[i])
    seconds.append(time.process_time() - start)
print(1 / statistics.median(seconds))
