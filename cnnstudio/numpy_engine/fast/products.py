"""Products of a small matrix and a long one, cut into pieces that OpenBLAS multiplies as they lie.

Larger products it copies into another order first, which pays where a matrix is used many times; an im2col
matrix is used once. In pieces, a convolution's products took half of the time.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from cnnstudio.numpy_engine.layer import Array

LARGEST = 1_000_000
"""Multiplications in a product that is not copied first (``DGEMM_SMALL_MATRIX_PERMIT`` of OpenBLAS 0.3)."""
SHORTEST = 256
"""Columns of a piece: shorter ones are not worth the call."""


def multiply(small: Array, long: Array, out: Array) -> None:
    """``out = small · long``: (M, K) by (K, P)."""
    pieces = _pieces(small.size, long.shape[1])
    np.matmul(small, _cut(long, pieces), out=_cut(out, pieces))


def multiply_transposed(left: Array, right: Array) -> Array:
    """``left · rightᵀ``, a small matrix (M, K) of two long ones, (M, P) and (K, P)."""
    pieces = _pieces(len(left) * len(right), left.shape[1])
    found: Array = np.matmul(_cut(left, pieces), _cut(right, pieces).swapaxes(1, 2)).sum(axis=0)
    return found


def _cut(long: Array, pieces: int) -> Array:
    """(K, P) as a stack (pieces, K, P / pieces), nothing is copied."""
    return long.reshape(len(long), pieces, -1).swapaxes(0, 1)


@lru_cache(maxsize=1024)
def _pieces(small: int, columns: int) -> int:
    """The fewest pieces of equal length that are small enough; 1 where they would be too short."""
    fewest = max(1, -(-small * columns // LARGEST))
    return next((n for n in range(fewest, columns // SHORTEST + 1) if columns % n == 0), 1)
