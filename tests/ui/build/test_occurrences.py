"""What a block inside a Repeat is, in its first and in its last repetition."""

from cnnstudio.core.document import Document, InputSize, Place
from cnnstudio.core.edits import change_first, insert, set_only_first
from cnnstudio.core.infer import infer
from cnnstudio.core.reach import Reach
from cnnstudio.ui.build.occurrences import Found, find_occurrences
from tests.ui.build.conftest import make


def stage() -> Document:
    """b1 Conv2d, b2 Repeat × 3 of b3 Conv2d 3×3, with stride 2 in the first; b4 exists there only."""
    body = (make("Conv2d", out_channels=8, padding=1), make("ReLU"))
    nodes = [make("Conv2d", out_channels=8, padding=1), make("Repeat", (body,), times=3)]
    document = insert(Document(InputSize(32, 32, 3), 10), Place(None, 0, 0), nodes)
    return set_only_first(change_first(document, "b3", stride=2), "b4", True)


def found(document: Document, node_id: str) -> Found:
    result = find_occurrences(infer(document), node_id)
    assert result is not None
    return result


def size(reach: Reach | None) -> tuple[int, int]:
    assert reach is not None
    return reach.size


def test_the_first_repetition_comes_first() -> None:
    conv = found(stage(), "b3")
    assert conv.repeated
    assert [node.id for node in conv.ancestors] == ["b2"]
    assert conv.occurrences[0].output == (8, 16, 16)
    assert conv.occurrences[0].input == (8, 32, 32)
    assert conv.occurrences[-1].input == (8, 16, 16)


def test_receptive_fields_grow_through_the_repetitions() -> None:
    conv = found(stage(), "b3")
    assert size(conv.first_reach) == (5, 5)
    assert size(conv.last_reach) == (13, 13)


def test_what_exists_in_the_first_repetition_only_occurs_once() -> None:
    relu = found(stage(), "b4")
    assert len(relu.occurrences) == 1
    assert size(relu.last_reach) == (5, 5)


def test_unknown_blocks_are_not_found() -> None:
    assert find_occurrences(infer(stage()), "b99") is None
