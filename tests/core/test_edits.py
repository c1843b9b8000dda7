"""Edits are pure: what they do not touch is shared, what they do is what was asked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from cnnstudio.core.document import Document, Place, find, locations, place_of, walk
from cnnstudio.core.edits import (
    EditError,
    add_stack,
    change,
    change_all,
    change_first,
    duplicate,
    insert,
    move,
    node,
    remove,
    remove_stack,
    reset_all,
    set_classes,
    set_disabled,
    set_only_first,
    unwrap,
    wrap,
)
from cnnstudio.core.fileformat import read_document, write_document
from cnnstudio.core.infer import infer
from cnnstudio.core.registry import block_type
from tests.strategies import documents

CNN = """{"format": "cnnstudio", "version": 1, "input": {"height": 32, "width": 32, "channels": 3},
"classes": 10, "body": [
  {"block": "Conv2d", "out_channels": 6, "kernel_size": 5},
  {"block": "Repeat", "times": 2, "body": [{"block": "Residual", "body": [
     {"block": "Conv2d", "out_channels": 6, "padding": 1, "first": {"bias": false}}, {"block": "ReLU"}]}]},
  {"block": "Flatten"}, {"block": "Linear", "out_features": 10}]}"""


@pytest.fixture
def cnn() -> Document:
    return read_document(CNN)


def names(document: Document) -> list[str]:
    """Block names in reading order."""
    return [type(n.block).__name__ for n in walk(document.body)]


def made(name: str, **values: object) -> object:
    return block_type(name).model_validate(values)


def test_ids_follow_reading_order(cnn: Document) -> None:
    assert [n.id for n in walk(cnn.body)] == ["b1", "b2", "b3", "b4", "b5", "b6", "b7"]
    assert locations(cnn)["b4"] == "body[1].body[0].body[0]"


def test_insert_gives_the_next_id_and_shares_the_rest(cnn: Document) -> None:
    edited = insert(cnn, Place("b3", 0, 1), [node(block_type("BatchNorm2d")())])
    assert place_of(edited, f"b{cnn.serial}") == Place("b3", 0, 1)
    assert names(edited) == [
        "Conv2d",
        "Repeat",
        "Residual",
        "Conv2d",
        "BatchNorm2d",
        "ReLU",
        "Flatten",
        "Linear",
    ]
    assert edited.body[0] is cnn.body[0]
    assert find(edited, "b4") is find(cnn, "b4")
    assert names(cnn) == ["Conv2d", "Repeat", "Residual", "Conv2d", "ReLU", "Flatten", "Linear"]


def test_remove_takes_what_is_inside_along(cnn: Document) -> None:
    assert names(remove(cnn, ["b2"])) == ["Conv2d", "Flatten", "Linear"]
    with pytest.raises(KeyError):
        remove(cnn, ["b99"])


def test_move_keeps_ids_and_counts_the_gap_before_the_move(cnn: Document) -> None:
    moved = move(cnn, ["b1"], Place(None, 0, 2))
    assert [n.id for n in moved.body] == ["b2", "b1", "b6", "b7"]
    assert [n.id for n in move(cnn, ["b1"], Place(None, 0, 3)).body] == ["b2", "b6", "b1", "b7"]
    assert [n.id for n in move(cnn, ["b7", "b1"], Place(None, 0, 2)).body] == ["b2", "b1", "b7", "b6"]
    inside = move(cnn, ["b1", "b6"], Place("b3", 1, 0))
    assert [n.id for n in find(inside, "b3").stacks[1]] == ["b1", "b6"]
    three = insert(cnn, Place("b3", 0, 2), [node(block_type("BatchNorm2d")())])
    inner = find(move(three, ["b4"], Place("b3", 0, 2)), "b3").stacks[0]
    assert [n.id for n in inner] == ["b5", "b4", "b8"]


def test_a_block_cannot_be_moved_into_itself(cnn: Document) -> None:
    with pytest.raises(EditError, match="into itself"):
        move(cnn, ["b2"], Place("b3", 0, 0))
    with pytest.raises(EditError, match="into itself"):
        move(cnn, ["b1", "b2"], Place("b3", 0, 0))


def test_change_checks_ranges(cnn: Document) -> None:
    assert infer(change(cnn, "b1", stride=2)).body.reports[0].output == (6, 14, 14)
    with pytest.raises(ValidationError):
        change(cnn, "b1", stride=0)


def test_the_first_repetition_follows_but_keeps_what_is_its_own(cnn: Document) -> None:
    edited = change(cnn, "b4", groups=2)
    assert find(edited, "b4").first == made("Conv2d", out_channels=6, padding=1, groups=2, bias=False)
    same_again = change(cnn, "b4", bias=False)
    assert find(same_again, "b4").first is None
    assert find(change_first(cnn, "b4"), "b4").first is None
    assert find(change_first(cnn, "b4", bias=True), "b4").first is None, "as in the others"
    strided = change_first(cnn, "b4", stride=2)
    assert find(strided, "b4").effective(first=True) == made("Conv2d", out_channels=6, padding=1, stride=2)
    assert find(set_only_first(cnn, "b5", True), "b5").only_first


def test_many_at_once_are_as_one_by_one(cnn: Document) -> None:
    one_by_one = change(change(cnn, "b1", stride=2), "b4", stride=2)
    together = change_all(cnn, ["b1", "b4"], stride=2)
    assert write_document(together) == write_document(one_by_one)
    assert together.body[2] is cnn.body[2]
    assert change_all(cnn, ["b1"], stride=2).body[1] is cnn.body[1]
    assert change_all(cnn, ["b1", "b4"], stride=1) is cnn
    new = reset_all(cnn, ["b1", "b4"])
    assert find(new, "b1").block == find(new, "b4").block == block_type("Conv2d")()
    assert find(new, "b4").first is None
    assert reset_all(new, ["b1", "b4"]) is new
    assert find(reset_all(change_first(new, "b4", stride=2), ["b4"]), "b4").first is None
    with pytest.raises(KeyError):
        reset_all(cnn, ["b1", "b99"])
    with pytest.raises(ValidationError):
        change_all(cnn, ["b1", "b4"], stride=0)


def test_wrap_and_unwrap_are_inverse(cnn: Document) -> None:
    residual = block_type("Residual")()
    wrapped = wrap(cnn, ["b4", "b5"], residual)
    assert [n.id for n in find(wrapped, f"b{cnn.serial}").stacks[0]] == ["b4", "b5"]
    assert names(unwrap(wrapped, f"b{cnn.serial}")) == names(cnn)
    first = wrap(cnn, ["b1"], residual)
    assert [n.id for n in first.body] == ["b8", "b2", "b6", "b7"]
    assert [len(stack) for stack in first.body[0].stacks] == [1, 0]
    assert write_document(unwrap(first, "b8")) == write_document(cnn)
    assert place_of(insert(first, Place(None, 0, 0), [node(residual)]), "b9") == Place(None, 0, 0)
    with pytest.raises(EditError, match="Select the blocks"):
        wrap(cnn, [], residual)
    with pytest.raises(EditError, match="neighbouring"):
        wrap(cnn, ["b1", "b6"], residual)
    with pytest.raises(EditError, match="holds others"):
        unwrap(cnn, "b1")


def test_duplicate_puts_copies_with_new_ids_behind(cnn: Document) -> None:
    twice = duplicate(cnn, ["b2", "b4"])
    assert names(twice)[1:9] == ["Repeat", "Residual", "Conv2d", "ReLU"] * 2
    assert len({n.id for n in walk(twice.body)}) == len(list(walk(twice.body)))


@pytest.mark.parametrize(
    ("name", "stacks"), [("ReLU", 0), ("Repeat", 1), ("AuxClassifier", 1), ("Residual", 2), ("Parallel", 2)]
)
def test_a_new_block_has_its_stacks(name: str, stacks: int) -> None:
    assert node(block_type(name)()).stacks == ((),) * stacks


def test_branches_come_and_go(cnn: Document) -> None:
    inception = insert(cnn, Place(None, 0, 0), [node(block_type("Parallel")())])
    three = add_stack(inception, f"b{cnn.serial}")
    assert len(three.body[0].stacks) == 3
    assert len(remove_stack(three, f"b{cnn.serial}", 0).body[0].stacks) == 2


def test_a_disabled_block_is_kept_but_bypassed(cnn: Document) -> None:
    without = set_disabled(cnn, ["b2"], True)
    assert names(without) == names(cnn)
    assert infer(without).params == infer(remove(cnn, ["b2"])).params
    assert infer(read_document(write_document(without))).params == infer(without).params
    assert write_document(set_disabled(without, ["b2"], False)) == write_document(cnn)
    assert set_disabled(cnn, ["b2"], False) is cnn


def test_the_classifiers_follow_the_number_of_classes(cnn: Document) -> None:
    hundred = set_classes(cnn, 100)
    assert infer(hundred).trainable
    assert infer(hundred).body.output == (100,)


def test_only_classifiers_follow_the_number_of_classes() -> None:
    linear = '{"block": "Linear", "out_features": 10}'
    document = read_document(
        '{"format": "cnnstudio", "version": 1, "input": {"height": 8, "width": 8, "channels": 1},'
        f'"classes": 10, "body": [{{"block": "AuxClassifier", "head": [{{"block": "Flatten"}}, {linear}]}},'
        f'{{"block": "Flatten"}}, {{"block": "Group", "body": [{linear}]}}, {linear},'
        '{"block": "Softmax", "disabled": true}]}'
    )
    seven = set_classes(document, 7)
    assert seven.classes == 7
    assert names(seven) == names(document)
    assert [n.block.model_dump()["out_features"] for n in walk(seven.body) if "Linear" in repr(n.block)] == [
        7,
        10,
        7,
    ]
    assert infer(seven).trainable


@pytest.mark.parametrize(
    "body", ['{"block": "Flatten"}, {"block": "Linear", "out_features": 12}', '{"block": "ReLU"}', ""]
)
def test_an_end_that_is_no_classifier_stays(body: str) -> None:
    document = read_document(
        '{"format": "cnnstudio", "version": 1, "input": {"height": 8, "width": 8, "channels": 1},'
        f'"classes": 10, "body": [{body}]}}'
    )
    assert write_document(set_classes(document, 7)) == write_document(document.changed(classes=7))


@given(documents(), st.data())
def test_no_edit_changes_the_document_it_was_given(document: Document, data: st.DataObject) -> None:
    before = write_document(document)
    ids = [n.id for n in walk(document.body)]
    place = Place(None, 0, data.draw(st.integers(0, len(document.body))))
    edited = insert(document, place, [node(block_type("ReLU")())])
    if ids:
        edited = duplicate(edited, [data.draw(st.sampled_from(ids))])
        edited = move(edited, [data.draw(st.sampled_from(ids))], Place(None, 0, len(edited.body)))
        edited = remove(edited, [data.draw(st.sampled_from(ids))])
    remaining = [n.id for n in walk(edited.body)]
    assert len(set(remaining)) == len(remaining)
    assert write_document(document) == before
