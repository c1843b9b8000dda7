"""The command line's word on memory."""

import pytest

from cnnstudio.cli.fit_warning import fit_warning
from cnnstudio.core.document import Document
from cnnstudio.core.infer import infer
from cnnstudio.engine import device as devices
from cnnstudio.workspace.presets import load_preset


def vgg(batch_size: int) -> Document:
    document = load_preset("vgg16")
    settings = document.training.model_copy(update={"batch_size": batch_size, "dataset": "shapes"})
    return document.changed(training=settings)


def test_a_batch_that_does_not_fit_is_told_with_one_that_does(monkeypatch: pytest.MonkeyPatch) -> None:
    each = infer(vgg(1)).activation_bytes
    monkeypatch.setattr(devices, "available_bytes", lambda _: 100 * each)
    assert fit_warning(vgg(64), "cpu", None) == ""
    told = fit_warning(vgg(4096), "cpu", None)  # shapes has 2000 images
    assert told.startswith(
        "Warning: a batch of 2000 images may take about 215 GiB of memory, and 10.7 GiB are free"
    )
    assert told.endswith("try --batch-size 64.")
    assert "a batch of 300 images" in fit_warning(vgg(4096), "cpu", 300)
    assert fit_warning(vgg(4096), "cpu", 80) == ""
    monkeypatch.setattr(devices, "available_bytes", lambda _: each // 2)
    assert fit_warning(vgg(8), "cpu", None).endswith("use a smaller network.")


def test_what_nobody_knows_is_not_warned_of(monkeypatch: pytest.MonkeyPatch) -> None:
    assert fit_warning(vgg(10**6), "toaster", None) == ""
    monkeypatch.setattr(devices, "available_bytes", lambda _: None)
    assert fit_warning(vgg(10**6), "cpu", None) == ""
