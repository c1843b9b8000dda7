"""Weights in a file: NumPy's own ``.npz``, read without pickle; names are PyTorch's."""

from __future__ import annotations

from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from cnnstudio.numpy_engine.network import Network


def save_weights(path: Path, network: Network) -> None:
    """Writes weights and running statistics; raises ``OSError`` where the disk refuses."""
    with path.open("wb") as file:
        np.savez(file, **network.state_dict())  # type: ignore[arg-type]  # a keyword could be allow_pickle


def load_weights(path: Path, network: Network) -> None:
    """Takes weights over from such a file.

    Raises:
        OSError: the file cannot be read.
        ValueError: it holds no weights, objects that only pickle could make, or another network's.
    """
    try:
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as file:
            state = {name: file[name] for name in file.files}
    except (BadZipFile, EOFError, AttributeError) as error:
        raise ValueError(f"{path} holds no weights: choose a file that was saved from a network.") from error
    network.load_state_dict(state)
