"""What is looked for in a document is found where a walk through all of it finds it."""

import pickle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnstudio.core.document import Document, find, pick, place_of, stack_at, walk, way_to
from tests.strategies import documents


@settings(max_examples=30)
@given(documents(), st.data())
def test_what_is_picked_is_in_reading_order(document: Document, data: st.DataObject) -> None:
    nodes = list(walk(document.body))
    chosen = data.draw(st.sets(st.sampled_from([node.id for node in nodes]))) if nodes else set()
    assert list(pick(document.body, chosen | {"unknown"})) == [node for node in nodes if node.id in chosen]


@settings(max_examples=30)
@given(documents())
def test_every_node_is_found_with_the_way_to_it(document: Document) -> None:
    for node in walk(document.body):
        assert find(document, node.id) is node
        assert node.ids == {inner.id for inner in walk((node,))}
        way = way_to(document, node.id)
        assert place_of(document, node.id) == way[-1][0]
        for place, passed in way:
            assert stack_at(document, place)[place.index] is passed
        assert [None, *(passed.id for _, passed in way[:-1])] == [place.parent for place, _ in way]


@settings(max_examples=30)
@given(documents())
def test_it_survives_the_way_to_another_process(document: Document) -> None:
    for node, sent in zip(walk(document.body), walk(pickle.loads(pickle.dumps(document)).body), strict=True):
        assert (sent.id, sent.ids, sent.block) == (node.id, node.ids, node.block)


@pytest.mark.parametrize("search", [find, place_of, way_to])
@settings(max_examples=30)
@given(document=documents())
def test_who_is_not_there_is_not_found(search: object, document: Document) -> None:
    with pytest.raises(KeyError, match="b0"):
        search(document, "b0")  # type: ignore[operator]
