"""What a network takes every test image for."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import torch
from numpy.typing import NDArray

from cnnstudio.core.infer import infer
from cnnstudio.core.looks import Images, Judged
from cnnstudio.core.messages import Preparing
from cnnstudio.engine.control import Control
from cnnstudio.engine.errors import LastingError
from cnnstudio.engine.evaluate import telling, test_batch_size
from cnnstudio.engine.looks.keep import Found, Kept
from cnnstudio.engine.looks.pictures import as_picture, as_values
from cnnstudio.engine.looks.predict import class_names, probabilities
from cnnstudio.engine.looks.subject import Looked
from cnnstudio.engine.prepare import Emit
from cnnstudio.workspace.progress import stop_if

_MOST_AT_ONCE = 128
_MACS_AT_ONCE = 1e10
"""Others who look at the same network wait for one batch at most: half a second on two cores."""
MOST_IMAGES = 2000


def judged(looked: Looked, emit: Emit, control: Control) -> Judged:
    """From what is kept with the run, or by testing; raises :class:`EngineError` without test images."""
    looked.pictures.require_some()
    kept = Kept(looked, "verdicts")
    found = kept.read()
    if found is None:
        found = _found(looked, emit, control)
        kept.write(found)
    return Judged(
        labels=as_values(torch.from_numpy(looked.pictures.labels), torch.int32),
        predictions=as_values(found["predictions"], torch.int32),
        confidences=as_values(found["confidences"]),
        truths=as_values(found["truths"]),
        class_names=class_names(looked),
        source=looked.network.source,
    )


def batches(looked: Looked, control: Control, tell: Callable[[int], None]) -> Iterator[NDArray[np.int64]]:
    """The numbers of all test images, some at a time; raises `Cancelled` between two."""
    document = looked.network.document
    at_once = min(_MOST_AT_ONCE, test_batch_size(document), int(_MACS_AT_ONCE / max(1, infer(document).macs)))
    at_once = max(1, at_once)
    total = len(looked.pictures)
    for start in range(0, total, at_once):
        stop_if(control.stopped)
        yield np.arange(start, min(start + at_once, total))
        tell(min(start + at_once, total))


def _found(looked: Looked, emit: Emit, control: Control) -> Found:
    predictions, confidences, truths = [], [], []
    labels = torch.from_numpy(looked.pictures.labels)
    for numbers in batches(looked, control, looking(emit, len(looked.pictures))):
        shares = probabilities(looked, looked.pictures.take(numbers), patient=True)
        best = shares.max(1)
        known = labels[torch.from_numpy(numbers)]
        if int(known.max()) >= shares.shape[1]:
            raise LastingError("The data set has other classes than the network: use the data it began with.")
        predictions.append(best.indices.to(torch.int32))
        confidences.append(best.values)
        truths.append(shares.gather(1, known[:, None])[:, 0])
    return {
        "predictions": torch.cat(predictions),
        "confidences": torch.cat(confidences),
        "truths": torch.cat(truths),
    }


def looking(emit: Emit, total: int) -> Callable[[int], None]:
    """Tells how far a look over the test images has come, a few times a second."""

    def tell(message: object) -> None:
        assert isinstance(message, Preparing)
        emit(Preparing("look", "", message.done, message.total))

    return telling(tell, total)


def images(looked: Looked, indices: tuple[int, ...]) -> Images:
    """Some test images; raises :class:`EngineError` for numbers that are not there, or too many."""
    if len(indices) > MOST_IMAGES:
        raise LastingError(f"{len(indices)} images are too many at once: ask for at most {MOST_IMAGES}.")
    pictures = looked.pictures
    for index in indices:
        pictures.require(index)
    numbers = np.array(indices, np.int64)
    return Images(
        indices=indices,
        tensor=as_picture(pictures.take(numbers)),
        labels=tuple(pictures.labels[numbers].tolist()),
    )
