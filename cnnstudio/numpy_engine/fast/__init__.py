"""The same arithmetic at speed: images last, results into memory that is kept, nothing computed in vain.

Arrays are (C, H, W, N) and (features, N). A row of the im2col matrix is then a few long copies instead of
many short ones, and the matrix product gives the next layer's input as it is, without a transpose. Each layer
here stands for a readable one of the same name and shares its weights; what has none here is computed by
the readable one.
"""

from cnnstudio.numpy_engine.fast.quicken import quicken

__all__ = ["quicken"]
