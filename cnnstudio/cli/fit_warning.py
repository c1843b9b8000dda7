"""Whether a batch will fit into memory, told before the first step, from the network's shapes alone."""

from __future__ import annotations

from cnnstudio.core.document import Document
from cnnstudio.core.infer import infer
from cnnstudio.core.quantity import byte_text
from cnnstudio.workspace import datasets


def fit_warning(document: Document, device: str, limit: int | None) -> str:
    """One sentence where the batch takes more memory than is free; empty where it fits or nobody knows.

    What a step keeps is about what the blocks put out: 0.8 of it for VGG-16, as measured. The window measures
    before it warns; that would take longer than a small training.
    """
    from cnnstudio.engine import device as devices
    from cnnstudio.engine.errors import EngineError
    from cnnstudio.engine.forecast import ROOM

    settings = document.training
    try:
        available = devices.available_bytes(devices.choose_for(settings, device))
    except EngineError:  # the run will say what is wrong with the device
        return ""
    info = next((found for found in datasets.CATALOGUE if found.id == settings.dataset), None)
    most = (settings.batch_size, limit, info.train_count if info else None)
    images = min(count for count in most if count)
    each = infer(document).activation_bytes
    if not available or not each or images * each <= ROOM * available:
        return ""
    fitting = int(ROOM * available / each)
    needed, free = byte_text(images * each), byte_text(available)
    way_out = f"try --batch-size {1 << fitting.bit_length() - 1}" if fitting else "use a smaller network"
    batch = f"a batch of {images} images may take about {needed} of memory"
    return f"Warning: {batch}, and {free} are free: {way_out}."
