"""What a person does to the network, each one step back: insert, delete, duplicate, move, wrap."""

from collections.abc import Collection, Mapping, Sequence

from PySide6.QtCore import QCoreApplication

from cnnstudio.app.store import INPUT_ID, DocumentStore
from cnnstudio.core import edits
from cnnstudio.core.block import Composite
from cnnstudio.core.document import Document, Node, Place, find, pick, place_of, stack_at, walk
from cnnstudio.core.edits import EditError
from cnnstudio.core.fields import Value
from cnnstudio.core.fileformat import read_nodes, write_nodes
from cnnstudio.core.fixes import Fix
from cnnstudio.core.registry import block_type
from cnnstudio.ui.build.say import block_title, fix_text

_tr = QCoreApplication.translate


def blocks_in(store: DocumentStore) -> tuple[str, ...]:
    """The selected blocks in reading order (not the input and the output)."""
    return tuple(node.id for node in nodes_in(store))


def nodes_in(store: DocumentStore) -> tuple[Node, ...]:
    """The selected blocks themselves, in reading order."""
    return tuple(pick(store.document.body, store.selection))


def place_after_selection(store: DocumentStore) -> Place:
    """Where the next block goes: behind the last selected one, else at the end."""
    if store.selection == (INPUT_ID,):
        return Place(None, 0, 0)
    chosen = blocks_in(store)
    if not chosen:
        return Place(None, 0, len(store.document.body))
    place = place_of(store.document, chosen[-1])
    return Place(place.parent, place.stack, place.index + 1)


def insert_block(store: DocumentStore, kind: str, place: Place) -> str:
    """Puts a new block with its usual parameters into a gap and selects it; returns its id."""
    block = block_type(kind)()
    text = _tr("Edit", "Insert {block}").format(block=block_title(block))
    return insert_nodes(store, text, [edits.node(block)], place)


def insert_nodes(store: DocumentStore, text: str, nodes: Sequence[Node], place: Place) -> str:
    """Puts blocks into a gap and selects them; returns the id of the first."""
    before = store.document
    after = edits.insert(before, place, nodes)
    fresh = stack_at(after, place)[place.index : place.index + len(nodes)]
    store.apply(text, after, select=[node.id for node in fresh])
    return fresh[0].id


def move_blocks(store: DocumentStore, ids: Collection[str], place: Place) -> None:
    """Takes blocks to a gap; a gap beside themselves changes nothing."""
    document = edits.move(store.document, ids, place)
    if _ids(document) != _ids(store.document) or _parents(document) != _parents(store.document):
        store.apply(_tr("Edit", "Move {blocks}").format(blocks=_named(store.document, ids)), document)


def delete_selection(store: DocumentStore) -> None:
    """Takes the selected blocks away and selects what stood behind (or before) them."""
    chosen = blocks_in(store)
    if chosen:
        text = _tr("Edit", "Delete {blocks}").format(blocks=_named(store.document, chosen))
        after = edits.remove(store.document, chosen)
        store.apply(text, after, select=_neighbour(store.document, after, chosen))


def duplicate_selection(store: DocumentStore) -> None:
    """Puts copies behind the selected blocks and selects them."""
    chosen = blocks_in(store)
    if not chosen:
        return
    text = _tr("Edit", "Duplicate {blocks}").format(blocks=_named(store.document, chosen))
    known = set(_ids(store.document))
    after = edits.duplicate(store.document, chosen)
    fresh = {node.id for node in walk(after.body)} - known
    parents = _parents(after)
    tops = [node.id for node in walk(after.body) if node.id in fresh and _top(parents, node.id, fresh)]
    store.apply(text, after, select=tops)


def wrap_selection(store: DocumentStore, kind: str) -> None:
    """Puts the selected blocks into a new composite; raises :class:`EditError`."""
    block = block_type(kind)()
    chosen = blocks_in(store)
    if not isinstance(block, Composite):
        raise EditError(_tr("Edit", "Only a composite can hold other blocks."))
    after = edits.wrap(store.document, chosen, block)
    text = _tr("Edit", "Wrap in {block}").format(block=block_title(block))
    store.apply(text, after, select=[f"b{store.document.serial}"])


def bypassed(store: DocumentStore) -> bool:
    """Whether all selected blocks are bypassed."""
    chosen = nodes_in(store)
    return bool(chosen) and all(node.disabled for node in chosen)


def bypass_selection(store: DocumentStore, bypass: bool) -> None:
    """Lets the network do without the selected blocks, or takes them in again."""
    chosen = [node.id for node in nodes_in(store) if node.disabled != bypass]
    if chosen:
        words = _tr("Edit", "Bypass {blocks}") if bypass else _tr("Edit", "Use {blocks} again")
        text = words.format(blocks=_named(store.document, chosen))
        store.apply(text, edits.set_disabled(store.document, chosen, bypass))


def change_blocks(store: DocumentStore, ids: Sequence[str], name: str, value: Value) -> None:
    """Gives several blocks of one type one value; raises ``ValueError`` (pydantic's) and changes nothing."""
    document = edits.change_all(store.document, ids, **{name: value})
    text = _tr("Edit", "Change {block}").format(block=_named(store.document, ids))
    store.apply(text, document, merge_key=f"{' '.join(ids)}.{name}")


def reset_selection(store: DocumentStore, _checked: bool = False) -> None:
    """Gives the selected blocks the parameters they had when they were new, in every repetition."""
    chosen = blocks_in(store)
    document = edits.reset_all(store.document, chosen)
    text = _tr("Edit", "Reset {blocks}").format(blocks=_named(store.document, chosen))
    store.apply(text, document)


def topmost(store: DocumentStore) -> tuple[str, ...]:
    """The selected blocks without those inside another selected one."""
    chosen = blocks_in(store)
    held, parents = set(chosen), _parents(store.document)
    return tuple(i for i in chosen if _top(parents, i, held))


def unwrap_selection(store: DocumentStore) -> None:
    """Replaces the selected composite by what is in its first stack; raises :class:`EditError`."""
    (chosen,) = blocks_in(store)
    old = find(store.document, chosen)
    after = edits.unwrap(store.document, chosen)
    text = _tr("Edit", "Unwrap {block}").format(block=block_title(old.block))
    store.apply(text, after, select=[node.id for node in old.stacks[0]])


def apply_fix(store: DocumentStore, fix: Fix) -> None:
    """Takes one of the verified ways out of a problem, and selects what it added."""
    known = set(_ids(store.document))
    fresh = [node.id for node in walk(fix.document.body) if node.id not in known]
    store.apply(fix_text(fix), fix.document, select=fresh or None)


def selection_text(store: DocumentStore) -> str:
    """The selected blocks as text for the clipboard."""
    chosen = topmost(store)
    return write_nodes(tuple(find(store.document, i) for i in chosen)) if chosen else ""


def paste_text(store: DocumentStore, text: str, place: Place) -> None:
    """Puts blocks from a text into a gap; raises :class:`FileError`."""
    nodes = read_nodes(text)
    if nodes:
        insert_nodes(store, _tr("Edit", "Paste"), nodes, place)


def step_selection(store: DocumentStore, by: int) -> None:
    """Moves the selected blocks up (-1) or down (1) in their stack."""
    chosen = blocks_in(store)
    if not chosen:
        return
    first, last = (place_of(store.document, i) for i in (chosen[0], chosen[-1]))
    index = first.index - 1 if by < 0 else last.index + 2
    if first.parent == last.parent and 0 <= index <= len(stack_at(store.document, first)):
        move_blocks(store, chosen, Place(first.parent, first.stack, index))


def move_out(store: DocumentStore) -> None:
    """Moves the selected blocks behind the composite that they are in; raises :class:`EditError`."""
    chosen = topmost(store)
    parent = place_of(store.document, chosen[0]).parent if chosen else None
    if parent is None:
        raise EditError(_tr("Edit", "There is no block around to move out of."))
    around = place_of(store.document, parent)
    move_blocks(store, chosen, Place(around.parent, around.stack, around.index + 1))


def move_in(store: DocumentStore) -> None:
    """Moves the selected blocks into the composite below them, beside them or above them.

    Raises :class:`EditError` where there is none.
    """
    chosen = topmost(store)
    place = _inwards(store.document, chosen) if chosen else None
    if place is None:
        raise EditError(_tr("Edit", "There is no block beside to move into."))
    move_blocks(store, chosen, place)


def _inwards(document: Document, chosen: Sequence[str]) -> Place | None:
    first, last = place_of(document, chosen[0]), place_of(document, chosen[-1])
    below, above = _at(document, last, last.index + 1), _at(document, first, first.index - 1)
    if below is not None and below.stacks:
        return Place(below.id, 0, 0)
    around = find(document, first.parent) if first.parent is not None else None
    if around is not None and len(around.stacks) > 1:
        number = (first.stack + 1) % len(around.stacks)
        return Place(around.id, number, len(around.stacks[number]))
    if above is not None and above.stacks:
        return Place(above.id, 0, len(above.stacks[0]))
    return None


def _at(document: Document, place: Place, index: int) -> Node | None:
    stack = stack_at(document, place)
    return stack[index] if 0 <= index < len(stack) else None


def _named(document: Document, ids: Collection[str]) -> str:
    """``Conv2d`` or ``3 blocks``."""
    if len(ids) == 1:
        return block_title(find(document, next(iter(ids))).block)
    return _tr("Edit", "{count} blocks").format(count=len(ids))


def _ids(document: Document) -> list[str]:
    return [node.id for node in walk(document.body)]


def _top(parents: Mapping[str, tuple[str, int]], node_id: str, held: Collection[str]) -> bool:
    """Whether no composite around a block is among those ``held``."""
    above = parents.get(node_id)
    while above is not None:
        if above[0] in held:
            return False
        above = parents.get(above[0])
    return True


def _parents(document: Document) -> dict[str, tuple[str, int]]:
    return {
        inner.id: (node.id, number)
        for node in walk(document.body)
        for number, stack in enumerate(node.stacks)
        for inner in stack
    }


def _neighbour(before: Document, after: Document, gone: Sequence[str]) -> list[str]:
    """What stood behind the first block that is gone, else before it, else what it was in."""
    place = place_of(before, gone[0])
    try:
        stack = stack_at(after, place)
    except KeyError:
        return []
    if stack:
        return [stack[min(place.index, len(stack) - 1)].id]
    return [place.parent] if place.parent else []
