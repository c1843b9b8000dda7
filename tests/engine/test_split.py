import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from cnnstudio.engine.errors import EngineError
from cnnstudio.engine.split import split_off


def parts(labels: list[int], fraction: float, seed: int = 0) -> tuple[list[int], list[int]]:
    generator = torch.Generator().manual_seed(seed)
    kept, aside = split_off(torch.tensor(labels), fraction, generator)
    return kept.tolist(), aside.tolist()


@given(
    st.lists(st.integers(0, 4), min_size=2, max_size=200),
    st.floats(0, 1, exclude_min=True, exclude_max=True),
    st.integers(0, 2**31 - 1),
)
def test_every_class_gives_its_share(labels: list[int], fraction: float, seed: int) -> None:
    kept, aside = parts(labels, fraction, seed)
    assert sorted(kept + aside) == list(range(len(labels)))
    assert kept == sorted(kept)
    assert aside == sorted(aside)
    assert len(aside) == min(max(1, round(fraction * len(labels))), len(labels) - 1)
    share = len(aside) / len(labels)
    for label in set(labels):
        given_away = sum(labels[image] == label for image in aside)
        assert abs(given_away - share * labels.count(label)) < 1 + 1e-9


def test_the_seed_decides_which() -> None:
    labels = [0, 1] * 50
    assert parts(labels, 0.1, 1) == parts(labels, 0.1, 1) != parts(labels, 0.1, 2)


def test_a_single_image_cannot_be_split() -> None:
    with pytest.raises(EngineError, match="cannot be split"):
        parts([0], 0.5)
