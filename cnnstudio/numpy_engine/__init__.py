"""The network in NumPy alone, written to be read: what `layers/NAME.py` computes is all there is to a block.

Arrays are (N, C, H, W) or (N, features), as in the source tutorials and in PyTorch.
"""

from cnnstudio.numpy_engine.files import load_weights, save_weights
from cnnstudio.numpy_engine.im2col import col2im, im2col
from cnnstudio.numpy_engine.loss import SoftmaxWithLoss
from cnnstudio.numpy_engine.network import Network
from cnnstudio.numpy_engine.trainer import Trainer

__all__ = [
    "Network",
    "SoftmaxWithLoss",
    "Trainer",
    "col2im",
    "im2col",
    "load_weights",
    "save_weights",
]
