"""The image that goes through the network."""

from __future__ import annotations

import numpy as np

from cnnstudio.core.document import Document
from cnnstudio.numpy_engine.layer import Array


def first_image(document: Document) -> tuple[Array, int]:
    """A drawn shape at the network's input size, with pixels from 0 to 1, and its class: there at once."""
    from cnnstudio.workspace.datasets.shapes import draw

    size = document.input
    split = draw(1, size.height, size.width, size.channels, seed=document.training.seed)
    image: Array = np.moveaxis(np.asarray(split.images[0]), -1, 0).astype(np.float32) / 255
    return image, int(split.labels[0]) % document.classes
