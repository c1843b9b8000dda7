"""What a network takes one picture for."""

from __future__ import annotations

import torch

from cnnstudio.core.looks import Picture, Prediction
from cnnstudio.engine.looks.pictures import Shown, as_picture, as_values
from cnnstudio.engine.looks.subject import Looked


def predict(looked: Looked, picture: Picture) -> Prediction:
    """Raises :class:`EngineError` for a picture that is not there."""
    shown = looked.pictures.find(picture)
    return Prediction(
        probabilities=as_values(probabilities(looked, shown.pixels[None])[0]),
        class_names=class_names(looked),
        label=shown.label,
        image=as_picture(shown.pixels),
        source=looked.network.source,
    )


def probabilities(looked: Looked, pixels: torch.Tensor, *, patient: bool = False) -> torch.Tensor:
    """(N, classes) for pictures uint8 (N, C, H, W)."""
    return looked.network.logits(looked.pictures.normalised(pixels), patient=patient).softmax(1)


def class_names(looked: Looked) -> tuple[str, ...]:
    """A name for each of the network's outputs: numbers where it was not made for these data."""
    names, outputs = looked.pictures.class_names, looked.network.document.classes
    return names if len(names) == outputs else tuple(map(str, range(outputs)))


def entered(looked: Looked, shown: Shown) -> torch.Tensor:
    """What goes into the network for one picture: (1, C, H, W), where it computes."""
    return looked.pictures.normalised(shown.pixels[None]).to(looked.network.device)
