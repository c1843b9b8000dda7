"""Draws are the same for a seed, can be entered anywhere, and are spread as torchvision spreads them."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torchvision import transforms

from cnnstudio.core.training import Augmentation
from cnnstudio.engine.draws import Draws, draw

EVERYTHING = Augmentation(
    flip=True,
    crop_padding=2,
    rotation=15,
    brightness=0.2,
    contrast=0.3,
    saturation=0.4,
    erasing=0.5,
    cutout=3,
)
SIZE = (32, 24)


def values(draws: Draws) -> list[torch.Tensor]:
    found = [draws.flips, draws.offsets, draws.angles, draws.factors, draws.order, *draws.boxes]
    return [value for value in found if value is not None]


def test_a_seed_always_draws_the_same_and_another_seed_does_not() -> None:
    first, again, other = (values(draw(EVERYTHING, 200, SIZE, seed)) for seed in (5, 5, 6))
    assert len(first) == 7
    assert all(torch.equal(a, b) for a, b in zip(first, again))
    assert not any(torch.equal(a, b) for a, b in zip(first, other))


@pytest.mark.parametrize(
    "change", [{"flip": False}, {"rotation": 0}, {"saturation": 0}, {"erasing": 0.9}, {"cutout": 9}]
)
def test_one_change_does_not_move_the_others(change: dict[str, object]) -> None:
    before = draw(EVERYTHING, 50, SIZE, 1)
    after = draw(EVERYTHING.model_copy(update=change), 50, SIZE, 1)
    same = [
        torch.equal(a, b)
        for a, b in [
            (before.flips, after.flips), (before.offsets, after.offsets), (before.angles, after.angles),
            (before.factors, after.factors), *zip(before.boxes, after.boxes),
        ]
        if a is not None and b is not None
    ]  # fmt: skip
    assert sum(not equal for equal in same) <= 1


@given(start=st.integers(0, 39), length=st.integers(0, 40))
@settings(max_examples=30)
def test_parts_are_parts(start: int, length: int) -> None:
    whole = draw(EVERYTHING, 40, SIZE, 2)
    stop = min(40, start + length)
    for all_of_them, some in zip(values(whole), values(whole.part(start, stop))):
        assert torch.equal(all_of_them[start:stop], some)
    for all_of_them, some in zip(values(whole), values(whole.at(torch.tensor([start, 0])))):
        assert torch.equal(all_of_them[[start, 0]], some)


def test_half_is_flipped_and_every_offset_comes_up() -> None:
    draws = draw(Augmentation(flip=True, crop_padding=2), 1000, SIZE, 0)
    assert draws.flips is not None
    assert draws.offsets is not None
    assert 400 < draws.flips.sum() < 600
    assert {tuple(pair) for pair in draws.offsets.tolist()} == {(r, c) for r in range(5) for c in range(5)}


def test_angles_and_factors_fill_their_ranges_evenly() -> None:
    draws = draw(EVERYTHING, 4000, SIZE, 0)
    assert draws.angles is not None
    assert draws.factors is not None
    for drawn, low, high in [
        (draws.angles, -15.0, 15.0),
        (draws.factors[:, 0], 0.8, 1.2),
        (draws.factors[:, 1], 0.7, 1.3),
        (draws.factors[:, 2], 0.6, 1.4),
    ]:
        assert low <= drawn.min()
        assert drawn.max() <= high
        quarters = torch.histc(drawn, 4, low, high)
        assert ((quarters - 1000).abs() < 120).all()


def test_erased_rectangles_are_spread_like_torchvisions() -> None:
    boxes = draw(Augmentation(erasing=0.5), 4000, SIZE, 0).boxes[0]
    sides = boxes[:, 2:] - boxes[:, :2]
    chosen = sides.prod(1) > 0
    assert 1850 < chosen.sum() < 2150
    assert (boxes >= 0).all()
    assert (boxes[:, 2:] <= torch.tensor(SIZE)).all()
    torch.manual_seed(0)
    image = torch.empty(1, *SIZE)
    theirs = torch.tensor(
        [transforms.RandomErasing.get_params(image, (0.02, 0.33), (0.3, 3.3))[:4] for _ in range(2000)]
    ).float()
    ours = torch.cat((boxes[:, :2], sides), 1)[chosen].float()
    for a, b in zip(ours.unbind(1), theirs.unbind(1)):
        assert abs(a.mean() - b.mean()) < 0.1 * b.std()
        assert abs(a.std() - b.std()) < 0.1 * b.std()


def test_a_cutout_lies_anywhere_and_is_cut_off_at_the_edges() -> None:
    boxes = draw(Augmentation(cutout=8), 4000, SIZE, 0).boxes[0]
    high, wide = (boxes[:, 2:] - boxes[:, :2]).unbind(1)
    assert high.min() == wide.min() == 4
    assert high.max() == wide.max() == 8
    assert boxes[:, :2].min() == 0
    assert (boxes[:, 2:].max(0).values == torch.tensor(SIZE)).all()


def test_a_cutout_larger_than_the_image_blanks_it() -> None:
    boxes = draw(Augmentation(cutout=1000), 5, SIZE, 0).boxes[0]
    assert boxes.tolist() == [[0, 0, *SIZE]] * 5
