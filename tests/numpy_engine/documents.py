"""Documents for the comparison of one engine with another."""

import numpy as np

from cnnstudio.core.document import Document, walk
from cnnstudio.core.edits import set_disabled
from cnnstudio.core.fileformat import read_document


def made(blocks: str, side: int = 6, channels: int = 2, classes: int = 3) -> Document:
    """A document from the JSON of its blocks."""
    size = f'{{"height": {side}, "width": {side}, "channels": {channels}}}'
    head = f'"format": "cnnstudio", "version": 1, "input": {size}, "classes": {classes}'
    return read_document(f'{{{head}, "body": [{blocks}]}}', "made")


def in_torch(document: Document) -> Document:
    """The same network, computed by PyTorch whatever its settings say."""
    return document.changed(training=document.training.model_copy(update={"engine": "torch"}))


def without_chance(document: Document) -> Document:
    """Dropout draws other masks in NumPy than in PyTorch."""
    dropouts = {n.id for n in walk(document.body) if type(n.block).__name__.startswith("Dropout")}
    return set_disabled(document, dropouts, True) if dropouts else document


def batch(document: Document, images: int = 3) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(2)
    x = random.normal(size=(images, *document.input.shape))
    return x, random.integers(0, document.classes, images)
