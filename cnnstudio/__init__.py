"""Build convolutional networks from blocks, watch them learn, take the PyTorch code away."""

__version__ = "0.1.0"
