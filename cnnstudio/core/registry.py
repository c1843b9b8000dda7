"""The block types by name; :mod:`cnnstudio.blocks` fills it when it is imported."""

from cnnstudio.core.block import Block

_types: dict[str, type[Block]] = {}


def register(*types: type[Block]) -> None:
    """Makes block types known under their class names; a name can be taken once."""
    for block in types:
        if _types.setdefault(block.__name__, block) is not block:
            raise ValueError(f"two block types are called {block.__name__}")


def block_type(name: str) -> type[Block]:
    """The block type of this name; raises ``KeyError``."""
    return _types[name]


def block_types() -> tuple[type[Block], ...]:
    """All block types, in the order of the palette."""
    return tuple(_types.values())
