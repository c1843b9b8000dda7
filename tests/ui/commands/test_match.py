"""What a few letters find, and in which order."""

from dataclasses import dataclass
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnstudio.ui.commands.match import match_text, rank


@dataclass(frozen=True)
class Entry:
    text: str
    words: tuple[str, ...] = ()


ENTRIES = (
    Entry("New network"),
    Entry("Open…"),
    Entry("Save"),
    Entry("Save as…"),
    Entry("Undo"),
    Entry("Export: Model as Python…"),
    Entry("Export: Diagram as SVG…"),
    Entry("Train"),
    Entry("Go to Build"),
    Entry("Go to Train"),
    Entry("Theme: Dark"),
    Entry("Insert Conv2d", ("Conv2d",)),
    Entry("Insert Depthwise conv", ("DepthwiseConv2d",)),
    Entry("Insert Batch norm", ("BatchNorm2d",)),
    Entry("Insert ReLU", ("ReLU",)),
    Entry("Insert Leaky ReLU", ("LeakyReLU",)),
    Entry("Open preset: ResNet-18", ("resnet18",)),
    Entry("Open preset: ResNet-50", ("resnet50",)),
    Entry("Open preset: ResNet-110 for CIFAR-10", ("cifar10-resnet110",)),
)


def found(query: str) -> list[str]:
    return [ENTRIES[hit.index].text for hit in rank(query, ENTRIES)]


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("save", "Save"),
        ("sa", "Save"),
        ("save as", "Save as…"),
        ("train", "Train"),
        ("go train", "Go to Train"),
        ("open", "Open…"),
        ("conv", "Insert Conv2d"),
        ("depth", "Insert Depthwise conv"),
        ("ins conv", "Insert Conv2d"),
        ("relu", "Insert ReLU"),
        ("lrelu", "Insert Leaky ReLU"),
        ("bn", "Insert Batch norm"),
        ("batchnorm2d", "Insert Batch norm"),
        ("resnet50", "Open preset: ResNet-50"),
        ("rsnt50", "Open preset: ResNet-50"),
        ("rn50", "Open preset: ResNet-50"),
        ("resnet", "Open preset: ResNet-18"),
        ("svg", "Export: Diagram as SVG…"),
        ("eds", "Export: Diagram as SVG…"),
        ("dark", "Theme: Dark"),
        ("DARK  theme", "Theme: Dark"),
        ("onv", "Insert Conv2d"),
    ],
)
def test_what_is_meant_comes_first(query: str, first: str) -> None:
    assert found(query)[0] == first


def test_what_does_not_match_is_not_shown() -> None:
    assert found("zzz") == []
    assert found("save zzz") == []
    # The letters of "Insert Batch norm", but not of the beginnings of its words.
    assert found("srtm") == []


def test_nothing_typed_shows_all_in_order() -> None:
    assert found("") == found("  ") == [entry.text for entry in ENTRIES]


def test_the_letters_that_were_typed_are_marked() -> None:
    (hit,) = rank("rn50", [Entry("Open preset: ResNet-50")])
    assert [("Open preset: ResNet-50")[place] for place in hit.places] == ["R", "N", "5", "0"]
    (hidden,) = rank("exit", [Entry("Quit", ("Exit",))])
    assert hidden.places == ()


TEXT = st.text(alphabet=st.sampled_from("abcABC 012-:…ßİé합"), max_size=14)
WORD = st.text(alphabet=st.sampled_from("abcABC012ßİé합"), min_size=1, max_size=5)
SOME = st.lists(st.builds(Entry, TEXT, st.lists(TEXT, max_size=2).map(tuple)), max_size=8)


@given(WORD, TEXT)
def test_the_marked_letters_spell_the_word(word: str, text: str) -> None:
    match = match_text(word, text)
    if match is not None:
        spelt = "".join(text[place] for place in match.places)
        assert spelt.lower() == word.lower()
        assert list(match.places) == sorted(set(match.places))


@given(TEXT, WORD, TEXT)
def test_whatever_stands_in_a_text_is_found(before: str, word: str, after: str) -> None:
    assert match_text(word, before + word + after) is not None


@given(TEXT, st.sampled_from("abc 01"), SOME)
def test_one_more_letter_never_finds_more(query: str, letter: str, entries: list[Entry]) -> None:
    wide = {hit.index for hit in rank(query, entries)}
    assert {hit.index for hit in rank(query + letter, entries)} <= wide


@given(st.lists(WORD, min_size=1, max_size=3).map(" ".join), SOME)
def test_the_very_text_comes_first(query: str, entries: list[Entry]) -> None:
    others = [entry for entry in entries if entry.text.strip().rstrip("…").strip().lower() != query.lower()]
    hits = rank(query, [*others, Entry(query)])
    assert hits[0].index == len(others)


@given(TEXT, SOME)
def test_the_order_of_two_does_not_depend_on_the_others(query: str, entries: list[Entry]) -> None:
    order = [hit.index for hit in rank(query, entries)]
    for first, second in pairwise(order):
        pair = sorted((first, second))
        alone = [pair[hit.index] for hit in rank(query, [entries[i] for i in pair])]
        assert alone == [first, second]
