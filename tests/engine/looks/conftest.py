"""A run on disk to look at, trained once, and networks with weights that a test has thought out."""

from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from cnnstudio.core.document import Document
from cnnstudio.core.looks import Source
from cnnstudio.core.messages import Finished
from cnnstudio.core.requests import Job
from cnnstudio.engine.build import build
from cnnstudio.engine.control import Control
from cnnstudio.engine.looks.pictures import Pictures
from cnnstudio.engine.looks.subject import Looked, built
from cnnstudio.engine.prepare import read_dataset
from cnnstudio.engine.train import run
from tests.engine.tiny import LIMIT, Heard, document

_trained: dict[str, tuple[Path, Heard]] = {}


@pytest.fixture
def trained(own_folders: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Heard]:
    """Three epochs of the tiny network: its folder and its messages. Tests leave it as it is."""
    if "run" not in _trained:
        path, heard = tmp_path_factory.mktemp("looked") / "run", Heard()
        outcome = run(Job(document(epochs=3), run=str(path), limit=LIMIT), heard, Control())
        assert isinstance(outcome, Finished)
        _trained["run"] = path, heard
    return _trained["run"]


@pytest.fixture
def looked() -> Callable[[Document], Looked]:
    """A document's network with drawn weights, or those that ``change`` gives, and the drawn test images."""

    def look(document: Document, change: Callable[[dict[str, torch.Tensor]], None] | None = None) -> Looked:
        torch.manual_seed(0)
        state = build(document).module.state_dict()
        if change is not None:
            with torch.no_grad():
                change(state)
        network = built(document, state, Source("initial", "", 0, 0, ""), None)
        dataset = read_dataset(document, Path(), LIMIT, lambda _: None, Control(), download=False)
        return Looked(network, Pictures.of(dataset, document))

    return look
