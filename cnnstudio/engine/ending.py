"""Which weights a run keeps when it has ended."""

from __future__ import annotations

import torch

from cnnstudio.engine.checkpoint import BEST, checkpoint_path, load_file
from cnnstudio.engine.errors import EngineError
from cnnstudio.workspace.atomic import also_as
from cnnstudio.workspace.runs import RunFolder


def best_model(folder: RunFolder) -> dict[str, torch.Tensor]:
    """The best epoch's weights and buffers, which become the run's; empty where they are lost.

    Checkpoints stay as they are: a run that goes on goes on from its last step.
    """
    try:
        model = load_file(checkpoint_path(folder, BEST)).model
    except EngineError:
        return {}
    also_as(folder.best_weights, folder.weights)
    return dict(model)
