"""What the benchmarks call in Python where numpy is installed."""

import numpy


def total(values):
    return float(numpy.asarray(values).sum())
