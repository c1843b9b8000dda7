"""The difference of two networks: complete, empty where nothing changed, and no larger than the edit."""

import time
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from cnnstudio.core.alignment import align
from cnnstudio.core.difference import FieldChange, NodeDifference, StackDifference, difference
from cnnstudio.core.document import Document, InputSize, Node, Place, Stack, walk
from cnnstudio.core.edits import insert, node, remove, renumbered
from cnnstudio.core.fileformat import read_document, write_document, write_nodes
from cnnstudio.core.registry import block_type
from cnnstudio.workspace.presets import load_preset
from tests.strategies import documents, nodes

SIZE = InputSize(32, 32, 3)


def layer(kind: str, **values: object) -> Node:
    return node(block_type(kind).model_validate(values))


def network(*stack: Node) -> Document:
    body, serial = renumbered(stack, 1)
    return Document(SIZE, 10, body, serial=serial)


def plain(stack: Stack) -> str:
    """The structure without ids; a first repetition like the others is none of its own."""
    return write_nodes(tuple(_plain_node(n) for n in stack))


def _plain_node(n: Node) -> Node:
    inner = tuple(tuple(_plain_node(i) for i in stack) for stack in n.stacks)
    return replace(n, stacks=inner, first=n.first if n.first != n.block else None)


def side(stack: StackDifference, which: str) -> Stack | None:
    """One of the two stacks, put together from the difference alone."""
    if getattr(stack, which) is None:
        return None
    made = [_side_node(entry, which) for entry in stack.nodes]
    return tuple(n for n in made if n is not None)


def _side_node(entry: NodeDifference, which: str) -> Node | None:
    own: Node | None = getattr(entry, which)
    if own is None or entry.left is None or entry.right is None:
        return own
    inner = [side(stack, which) for stack in entry.stacks]
    stacks = tuple(stack for stack in inner if stack is not None)
    if which == "left":
        return replace(entry.left, stacks=stacks)
    return _applied(entry.left, entry.fields, stacks)


def _applied(left: Node, fields: tuple[FieldChange, ...], stacks: tuple[Stack, ...]) -> Node:
    """The left node with the listed changes: it must become the right one."""

    def values(first: bool) -> dict[str, object]:
        return {f.name: f.right for f in fields if f.first is first and f.name not in flags}

    flags = ("only_first", "disabled")
    own = {f.name: f.right for f in fields if f.name in flags}
    # The first repetition follows the others, unless it is told by itself.
    first = left.effective(True).changed(**{**values(False), **values(True)})
    return replace(left, block=left.block.changed(**values(False)), first=first, stacks=stacks, **own)


@given(documents())
def test_a_network_does_not_differ_from_itself(document: Document) -> None:
    again = read_document(write_document(document))
    assert difference(document, document).empty
    assert difference(document, again).empty
    assert not list(difference(document, again).changes())


@given(documents(), documents())
def test_both_networks_can_be_read_from_the_difference(left: Document, right: Document) -> None:
    found = difference(left, right)
    before, after = side(found.body, "left"), side(found.body, "right")
    assert before is not None
    assert after is not None
    assert plain(before) == plain(left.body)
    assert plain(after) == plain(right.body)
    values = {f.name: (f.left, f.right) for f in found.fields}
    assert ("classes" in values) == (left.classes != right.classes)
    assert ("height" in values) == (left.input.height != right.input.height)


@given(documents(), documents())
def test_seen_from_the_other_side_as_much_differs(left: Document, right: Document) -> None:
    there, back = difference(left, right), difference(right, left)
    assert there.empty == back.empty
    assert _size(there.body) == _size(back.body)


def _size(stack: StackDifference) -> int:
    """How many blocks came and went together."""
    own = [e for e in stack.nodes if e.kind in ("added", "removed")]
    inner = [s for entry in stack.nodes for s in entry.stacks]
    return sum(sum(1 for _ in walk((e.node,))) for e in own) + sum(map(_size, inner))


@given(documents(), nodes(depth=1), st.data())
def test_one_inserted_block_is_one_added_block(document: Document, new: Node, data: st.DataObject) -> None:
    place = Place(None, 0, data.draw(st.integers(0, len(document.body))))
    changed = insert(document, place, [new])
    (only,) = difference(document, changed).changes()
    assert only.kind == "added"
    assert plain((only.node,)) == plain((new,))
    (back,) = difference(changed, document).changes()
    assert back.kind == "removed"


@given(documents(), st.data())
def test_one_removed_block_anywhere_is_one_removed_block(document: Document, data: st.DataObject) -> None:
    everything = list(walk(document.body))
    if not everything:
        return
    gone = data.draw(st.sampled_from(everything))
    (only,) = difference(document, remove(document, [gone.id])).changes()
    assert only.kind == "removed"
    assert plain((only.node,)) == plain((gone,))


@settings(max_examples=50)
@given(documents())
def test_bypassing_everything_changes_each_block_once(document: Document) -> None:
    other = document.changed(body=tuple(replace(n, disabled=not n.disabled) for n in document.body))
    found = list(difference(document, other).changes())
    # Neighbours that are told apart by the bypass alone may be taken for one another.
    assert len(found) <= 2 * len(document.body)
    assert bool(found) == bool(document.body) or difference(document, other).empty


def test_a_changed_parameter_is_named_with_both_values() -> None:
    left = network(layer("Conv2d", out_channels=16), layer("ReLU"))
    right = network(layer("Conv2d", out_channels=32), layer("BatchNorm2d"), layer("ReLU"))
    changed, added = difference(left, right).changes()
    assert changed.kind == "changed"
    assert [(f.name, f.label, f.left, f.right) for f in changed.fields] == [
        ("out_channels", "Filters", 16, 32)
    ]
    assert added.kind == "added"
    assert added.node.block.title == "Batch norm"


def test_the_nearest_of_two_blocks_is_the_counterpart() -> None:
    small, large = layer("Conv2d", out_channels=8), layer("Conv2d", out_channels=64)
    found = difference(network(small, layer("ReLU"), large), network(layer("ReLU"), large))
    assert [c.kind for c in found.changes()] == ["removed"]


def test_changes_inside_composites_are_found_where_they_are() -> None:
    def residual(*body: Node) -> Node:
        return Node("", block_type("Residual")(), (body, ()))

    left = network(residual(layer("Conv2d", out_channels=3), layer("ReLU")))
    right = network(residual(layer("Conv2d", out_channels=3, kernel_size=5), layer("ReLU")))
    found = difference(left, right)
    (outer,) = found.body.nodes
    assert outer.kind == "changed"
    assert not outer.fields
    assert [str(s.label) for s in outer.stacks] == ["body", "shortcut"]
    (inner,) = found.changes()
    assert [f.name for f in inner.fields] == ["kernel_size"]


def test_a_new_branch_is_an_added_branch() -> None:
    def parallel(*branches: Node) -> Node:
        return Node("", block_type("Parallel")(), tuple((branch,) for branch in branches))

    one, two, new = (layer("Conv2d", out_channels=n) for n in (8, 16, 99))
    (outer,) = difference(network(parallel(one, two)), network(parallel(one, new, two))).body.nodes
    assert [s.kind for s in outer.stacks] == ["same", "added", "same"]
    assert str(outer.stacks[1].label) == "branch 2"


def test_the_first_repetition_is_compared_by_itself() -> None:
    conv = block_type("Conv2d")
    first = replace(layer("Conv2d", stride=1), first=conv(stride=2))
    second = replace(layer("Conv2d", stride=1), first=conv(stride=1))
    repeat = block_type("Repeat")()
    left, right = (network(Node("", repeat, ((n,),))) for n in (first, second))
    (found,) = difference(left, right).changes()
    assert [(f.name, f.first, f.left, f.right) for f in found.fields] == [("stride", True, 2, 1)]
    plainly = network(Node("", repeat, ((layer("Conv2d", stride=1),),)))
    assert difference(right, plainly).empty


def test_presets_differ_as_people_say() -> None:
    found = list(difference(load_preset("resnet50"), load_preset("resnet152")).changes())
    assert [[(f.name, f.left, f.right) for f in c.fields] for c in found] == [
        [("times", 4, 8)],
        [("times", 6, 36)],
    ]
    dropout = list(difference(load_preset("fashion-dnn"), load_preset("fashion-dnn-dropout")).changes())
    assert [(c.kind, c.node.block.title) for c in dropout] == [("added", "Dropout"), ("added", "Dropout")]


def test_a_huge_pair_does_not_take_for_ever() -> None:
    def seconds(blocks: int) -> float:
        left = network(*(layer("Conv2d", out_channels=n + 1) for n in range(blocks)))
        right = network(*(layer("Conv2d", out_channels=n + 2) for n in range(blocks)))
        began = time.process_time()
        assert len(list(difference(left, right).changes())) == blocks
        return time.process_time() - began

    assert seconds(9000) < 12 * seconds(2250), "four times as much is not sixteen times as long"


@given(st.lists(st.integers(0, 5)), st.lists(st.integers(0, 5)), st.booleans())
def test_an_alignment_keeps_order_and_leaves_nothing_out(
    left: list[int], right: list[int], by_place: bool
) -> None:
    pairs = align(
        left,
        right,
        same=lambda a, b: a == b,
        weight=lambda _: 1.0,
        cost=lambda a, b: 0.0 if a == b else None,
        by_place=by_place,
    )
    assert [i for i, _ in pairs if i is not None] == list(range(len(left)))
    assert [j for _, j in pairs if j is not None] == list(range(len(right)))
    assert all(left[i] == right[j] for i, j in pairs if i is not None and j is not None)
    if not by_place:
        together = sum(1 for i, j in pairs if i is not None and j is not None)
        assert together == _longest_common(left, right)


def _longest_common(left: list[int], right: list[int]) -> int:
    row = [0] * (len(right) + 1)
    for a in left:
        row = [0] + [row[j] + 1 if a == b else max(row[j + 1], 0) for j, b in enumerate(right)]
        for j in range(1, len(row)):
            row[j] = max(row[j], row[j - 1])
    return row[-1]
