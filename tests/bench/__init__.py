"""Speed of dlviz beside plain NumPy and PyTorch, measured in one run: `python -m tests.bench`."""

import os

# Read by the libraries when they load, so this package comes before them.
for _variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_variable, "1")
