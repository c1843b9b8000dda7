"""Covered places against covering them by hand, two classes at once, and what is known on the way."""

from collections.abc import Callable
from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from cnnstudio.codegen import generate
from cnnstudio.core.looks import Heat, HeatMap, Pixels, Subject, TestImage
from cnnstudio.core.messages import Preparing, Tensor
from cnnstudio.engine.control import Control
from cnnstudio.engine.looks import occlusion
from cnnstudio.engine.looks.blocks import blocks_of
from cnnstudio.engine.looks.heat import heat
from cnnstudio.engine.looks.occlusion import covers, scattered
from cnnstudio.engine.looks.predict import entered
from cnnstudio.engine.looks.subject import Looked
from cnnstudio.workspace.errors import Cancelled
from cnnstudio.workspace.presets import load_preset
from tests.engine.tiny import document, layer

Look = Callable[..., Looked]


def array(tensor: Tensor) -> np.ndarray:
    return np.frombuffer(tensor.data, tensor.dtype).reshape(tensor.shape)


def request(target: int, versus: int | None = None) -> Heat:
    return Heat(Subject(), TestImage(2), "occlusion", "", target, versus)


def hill() -> torch.Tensor:
    """Weights (3, 256): class 0 is bright around row 5, column 10, the less so the farther away."""
    rows, columns = torch.arange(16)[:, None] - 5, torch.arange(16) - 10
    found = torch.zeros(3, 16, 16)
    found[0] = torch.exp(-(rows**2 + columns**2) / 30) / 50
    return found.flatten(1)


def silent(_: object) -> None:
    """Hears nothing."""


def test_it_is_the_mean_fall_over_all_covers_that_hide_a_pixel(
    looked: Look, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(occlusion, "_MOST", 4)
    monkeypatch.setattr(occlusion, "_FEWEST", 4)
    look = looked(document())
    told = heat(look, request(1), silent, Control())
    image = entered(look, look.pictures.find(TestImage(2)))
    before = look.network.logits(image).softmax(1)[0, 1]
    falls = np.zeros((16, 16, 0))
    for top, left, bottom, right in covers((16, 16), 4):
        covered = image.clone()
        covered[0, :, top:bottom, left:right] = 0
        plane = np.full((16, 16, 1), np.nan)
        plane[top:bottom, left:right] = float(before - look.network.logits(covered).softmax(1)[0, 1])
        falls = np.concatenate([falls, plane], axis=2)
    assert array(told.tensor) == pytest.approx(np.nanmean(falls, axis=2), abs=1e-6)


def test_two_classes_come_from_the_same_passes(looked: Look, monkeypatch: pytest.MonkeyPatch) -> None:
    look = looked(document())
    alone = [heat(look, request(target), silent, Control()) for target in (0, 2)]
    passes: list[int] = []
    real = type(look.network).logits
    monkeypatch.setattr(
        type(look.network), "logits", lambda self, images: passes.append(len(images)) or real(self, images)
    )
    both = heat(look, request(0, 2), silent, Control())
    assert both.versus is not None
    assert (both.target, both.versus.target) == (0, 2)
    assert array(both.tensor) == pytest.approx(array(alone[0].tensor), abs=1e-7)
    assert array(both.versus.tensor) == pytest.approx(array(alone[1].tensor), abs=1e-7)
    assert sum(passes) == len(covers((16, 16), 32)) + 2, "each cover once"


def test_what_is_known_is_told_on_the_way_and_it_can_be_called_off(
    looked: Look, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(occlusion, "_TELL_SECONDS", 0.0)
    monkeypatch.setattr(occlusion, "_SECONDS_AT_ONCE", 0.0)  # one cover at a time
    monkeypatch.setattr(occlusion, "_MOST", 8)
    flat = document(layer("Flatten"), layer("Linear", out_features=3))
    look = looked(flat, lambda state: state["fc1.weight"].copy_(hill()))
    white = Tensor((16, 16, 1), bytes([255]) * 256, "uint8")
    heard: list[HeatMap | Preparing] = []
    last = heat(look, Heat(Subject(), Pixels(white), "occlusion", "", 0, 1), heard.append, Control())
    maps = [one for one in heard if isinstance(one, HeatMap)]
    shares = [one.share for one in maps]
    assert shares == sorted(shares)
    assert 0 < shares[0] < shares[-1] < 1 == last.share
    rough, whole = array(maps[len(maps) // 4].tensor), array(last.tensor)
    assert (array(maps[2].tensor) != 0).all(), "what no cover has hidden yet looks like what is around it"
    assert np.corrcoef(rough.ravel(), whole.ravel())[0, 1] > 0.8, "a quarter of the covers is a rough map"
    control, count = Control(), len(heard)

    def until(message: HeatMap | Preparing) -> None:
        heard.append(message)
        if len(heard) > count + 4:
            control.stop()

    with pytest.raises(Cancelled):
        heat(look, request(0), until, control)
    assert len(heard) <= count + 7, "it ends with the cover that is under way"


@given(st.integers(1, 1024))
def test_the_order_leaves_no_cover_out_and_does_not_creep(count: int) -> None:
    boxes = [(number, number, number + 1, number + 1) for number in range(count)]
    found = scattered(boxes)
    assert sorted(found) == boxes
    if count > 16:
        assert all(abs(b[0] - a[0]) > 1 for a, b in pairwise(found))


@pytest.mark.parametrize(("seconds", "most"), [(0.001, 32), (0.3, 3), (5.0, 1)])
def test_as_many_covers_at_once_as_take_a_second(
    looked: Look, monkeypatch: pytest.MonkeyPatch, seconds: float, most: int
) -> None:
    """So that who calls it off never waits for long, and the first of it is told soon."""
    look, clock = looked(document()), [0.0]
    sizes: list[int] = []
    real = type(look.network).logits

    def slow(self: object, images: torch.Tensor) -> torch.Tensor:
        clock[0] += seconds * len(images)
        sizes.append(len(images))
        return real(look.network, images)

    monkeypatch.setattr(type(look.network), "logits", slow)
    monkeypatch.setattr("cnnstudio.engine.looks.occlusion.time.perf_counter", lambda: clock[0])
    heat(look, request(1), silent, Control())
    assert sizes[2] == 1, "how long it takes is not known before"
    assert max(sizes[3:]) == most


def test_covers_of_a_large_network_are_bounded_by_memory() -> None:
    """Of VGG-16 at 224x224 the largest block gives 64 maps of 224x224: five covers hold 128 MiB."""
    doc = load_preset("vgg16")
    network = SimpleNamespace(blocks=blocks_of(doc, generate(doc)))
    assert occlusion.most_at_once(network) == 5  # type: ignore[arg-type]
