"""Verdicts and top patches against counting by hand and trying every place of every image."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cnnstudio.codegen import generate
from cnnstudio.core.document import Document
from cnnstudio.core.infer import infer
from cnnstudio.core.looks import Done, Images, Judged, Patches, Subject, TestImages, TopPatches, Verdicts
from cnnstudio.core.messages import Cancelled, Failed, Probe, Tensor
from cnnstudio.engine.build import build
from cnnstudio.engine.control import Control
from cnnstudio.engine.looks import patches, verdicts
from cnnstudio.engine.looks.blocks import blocks_of, named
from cnnstudio.engine.looks.patches import MOST_SIDE, Best, box_of, clipped, outputs, patch, top_patches
from cnnstudio.engine.looks.subject import Looked
from tests.engine.looks.asking import ask, one
from tests.engine.tiny import Heard, document, layer

Trained = tuple[Path, Heard]
Look = Callable[[Document], Looked]


def array(tensor: Tensor) -> np.ndarray:
    return np.frombuffer(tensor.data, tensor.dtype).reshape(tensor.shape)


def test_verdicts_count_up_to_the_confusion_of_the_training(trained: Trained) -> None:
    path, heard = trained
    judged = one(Verdicts(Subject(str(path))), Judged)
    counted = np.zeros((3, 3))
    for label, prediction in zip(array(judged.labels), array(judged.predictions)):
        counted[label, prediction] += 1
    confusion = [probe for probe in heard.of(Probe) if probe.kind == "confusion"][-1]
    assert counted.tolist() == array(confusion.tensor).tolist()
    right = array(judged.labels) == array(judged.predictions)
    assert array(judged.confidences)[right] == pytest.approx(array(judged.truths)[right])
    assert (array(judged.confidences)[~right] > array(judged.truths)[~right]).all()


def test_verdicts_are_kept_with_the_run_until_its_weights_change(
    trained: Trained, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    passes: list[int] = []
    real = verdicts.probabilities
    monkeypatch.setattr(
        verdicts,
        "probabilities",
        lambda *values, **how: passes.append(1) or real(*values, **how),  # type: ignore[func-returns-value]
    )
    for name in ("document.cnn.json", "run.json", "weights.safetensors"):
        (tmp_path / name).write_bytes((trained[0] / name).read_bytes())
    subject = Subject(str(tmp_path))
    first = one(Verdicts(subject), Judged)
    done = len(passes)
    assert one(Verdicts(subject), Judged) == first
    assert len(passes) == done > 0, "the second time nothing is computed"
    (tmp_path / "weights.safetensors").write_bytes((trained[0] / "epochs/00000.safetensors").read_bytes())
    other = one(Verdicts(subject), Judged)
    assert len(passes) == 2 * done
    assert other.predictions != first.predictions


def test_what_was_kept_and_is_damaged_is_found_out_again(trained: Trained, tmp_path: Path) -> None:
    for name in ("document.cnn.json", "run.json", "weights.safetensors"):
        (tmp_path / name).write_bytes((trained[0] / name).read_bytes())
    subject = Subject(str(tmp_path))
    first = one(Verdicts(subject), Judged)
    (kept,) = (tmp_path / "looks").iterdir()
    kept.write_bytes(b"nothing")
    assert one(Verdicts(subject), Judged) == first


def test_test_images_in_the_order_that_was_asked_for(trained: Trained) -> None:
    told = one(TestImages(Subject(str(trained[0])), (7, 0, 7)), Images)
    assert array(told.tensor).shape == (3, 16, 16, 1)
    assert (array(told.tensor)[0] == array(told.tensor)[2]).all()
    assert isinstance(ask(TestImages(Subject(str(trained[0])), (500,)))[-1], Failed)


def test_a_look_over_the_test_set_is_called_off_between_two_batches(trained: Trained) -> None:
    control = Control()
    control.stop()
    kept = set((trained[0] / "looks").glob("patches*"))  # of other tests
    for request in (Verdicts(Subject(str(trained[0]), 1)), TopPatches(Subject(str(trained[0]), 1), "pool")):
        assert isinstance(ask(request, control=control)[-1], Cancelled)
    assert set((trained[0] / "looks").glob("patches*")) == kept, "half a search is not kept"


@pytest.mark.parametrize("path", ["conv1", "relu", "pool", "flatten", "fc1"])
def test_top_patches_are_those_of_brute_force(looked: Look, path: str) -> None:
    doc = document()
    look = looked(doc)
    block = named(look.network.blocks, path)
    told: list[Patches] = []
    request = TopPatches(Subject(), path, (0, 2), count=5)
    top_patches(
        look, request, lambda p: told.append(p) if isinstance(p, Patches) else None, lambda _: None, Control()
    )
    assert [one.filter for one in told] == [0, 2]
    everything = outputs(look, block, look.pictures.take(np.arange(len(look.pictures)))).numpy()
    for one_filter in told:
        best = []  # every image at every place
        for index, maps in enumerate(everything):
            places = [(value, -y, -x) for (y, x), value in np.ndenumerate(maps[one_filter.filter])]
            value, y, x = max(places)
            best.append((value, -index, (-y, -x)))
        best.sort(reverse=True)
        assert one_filter.indices == tuple(-index for _, index, _ in best[:5])
        assert one_filter.scores == pytest.approx([value for value, _, _ in best[:5]])
        wide, number = everything.shape[3], one_filter.filter
        seen = [block.place(number, y * wide + x) for *_, (y, x) in best[:5]]
        boxes = tuple(clipped(box_of(block.reach, place, (16, 16)), (16, 16)) for place in seen)
        assert one_filter.boxes == boxes
        images = look.pictures.take(np.array(one_filter.indices)).permute(0, 2, 3, 1).numpy()
        for image, cut, (top, left, bottom, right) in zip(images, array(one_filter.tensor), boxes):
            inside = image[top:bottom, left:right]
            if inside.shape == cut.shape:
                assert (inside == cut).all()
            else:
                assert cut.sum() == inside.sum(), "the rest is black"
    assert one_filter.seen == one_filter.total == 500


windows = st.tuples(
    st.sampled_from(["Conv2d", "MaxPool2d", "AvgPool2d"]),
    st.integers(1, 3),
    st.integers(1, 2),
    st.integers(0, 1),
)


@settings(max_examples=25)
@given(st.lists(windows, min_size=1, max_size=4), st.integers(0, 10**6))
def test_only_what_lies_in_the_box_decides_over_the_score(
    stack: list[tuple[str, int, int, int]], seed: int
) -> None:
    """Random networks: noise outside of the box leaves the number as it is, to the last bit."""
    blocks = []
    for kind, kernel, stride, padding in stack:
        values = {"kernel_size": kernel, "stride": stride, "padding": min(padding, kernel // 2)}
        blocks.append(layer(kind, **values, **({"out_channels": 3} if kind == "Conv2d" else {})))
        blocks.append(layer("ReLU"))
    doc = document(*blocks, layer("Flatten"), layer("Linear", out_features=3))
    assume(infer(doc).trainable)
    torch.manual_seed(seed)
    network = build(doc).module.eval()
    found, flat = blocks_of(doc, generate(doc))[2 * len(stack) - 1 :][:2]
    kept: list[torch.Tensor] = []
    network.get_submodule(found.path).register_forward_hook(lambda *values: kept.append(values[2].detach()))
    image = torch.rand(1, 1, 16, 16)
    network(image)
    _, height, width = found.output
    place = (seed % height, seed // 7 % width)
    top, left, bottom, right = clipped(box_of(found.reach, place, (16, 16)), (16, 16))
    changed = torch.rand(1, 1, 16, 16)
    changed[..., top:bottom, left:right] = image[..., top:bottom, left:right]
    network(changed)
    assert torch.equal(kept[0][0, :, place[0], place[1]], kept[1][0, :, place[0], place[1]])
    # Laid out as a vector, each number still belongs to its place.
    number = (seed % found.output[0] * height + place[0]) * width + place[1]
    assert flat.kind == "Flatten"
    assert flat.place(number, 0) == place
    assert flat.reach == found.reach


def test_equal_scores_prefer_the_earlier_image_in_whatever_pieces_they_come() -> None:
    values = torch.tensor([1.0, 3, 3, 2, 3, 0])[:, None, None, None].expand(-1, 1, 2, 2)
    found = []
    for pieces in ([6], [1, 5], [2, 2, 2]):
        best, start = Best.nothing(1), 0
        for piece in pieces:
            best.add(values[start : start + piece], torch.arange(start, start + piece))
            start += piece
        found.append(best.indices[0].tolist())
    assert found == [[1, 2, 4, 3, 0, 5]] * 3


def test_a_receptive_field_larger_than_the_picture_shows_the_picture() -> None:
    image = torch.arange(1, 17, dtype=torch.uint8).reshape(1, 4, 4)
    assert patch(image, (-3, -3, 9, 9)).tolist() == image.tolist()
    assert patch(image, (-9, 0, 1, 4)).tolist()[0][1:] == [[0] * 4] * 3
    assert patch(image, (-1, -1, 2, 2)).tolist() == [[[0, 0, 0], [0, 1, 2], [0, 5, 6]]]


def test_large_patches_are_sent_small(trained: Trained, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patches, "MOST_SIDE", 4)
    told = [
        r for r in ask(TopPatches(Subject(str(trained[0])), "fc1", (1,))) if isinstance(r, Patches | Done)
    ]
    assert isinstance(told[-1], Done)
    assert isinstance(told[0], Patches)
    assert told[0].tensor.shape == (9, 4, 4, 1)
    assert told[0].boxes[0] == (0, 0, 16, 16)
    assert MOST_SIDE == 64


def test_a_filter_that_is_not_there_is_an_error(trained: Trained) -> None:
    last = ask(TopPatches(Subject(str(trained[0])), "conv1", (8,)))[-1]
    assert isinstance(last, Failed)
    assert "has 8 filters and none with the number 8" in last.sentence
