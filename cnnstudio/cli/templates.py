"""The templates that the core and the blocks hand to the window, which translates them."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence

Text = tuple[str, str]
"""A context, and a text as it stands in the program."""

_MADE_BY: dict[str, tuple[str, tuple[int, ...]]] = {
    "Fault": ("Fault", (0,)),
    "Way": ("Fix", (1,)),
    "Phrase": ("Phrase", (0,)),
    "EditError": ("Edit", (0,)),
    "FieldChange": ("Block", (1,)),
    "Setting": ("Settings", (1, 2)),
    "Advice": ("Doctor", (2, 8)),
    "_verified": ("Doctor", (2,)),
}
"""Who takes templates, the context that they are translated in, and which arguments they are."""


def templates_of(source: str) -> Iterator[Text]:
    """What one module says.

    Raises ``ValueError`` for text that is put together, since nobody could translate it.
    """
    tree = ast.parse(source)
    yield from _of(tree, [_assigned(tree)])


def _of(node: ast.AST, names: _Names) -> Iterator[Text]:
    if isinstance(node, ast.FunctionDef):
        names = [_assigned(node), *names]
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        yield from _made(node.func.id, node.args, names)
    for child in ast.iter_child_nodes(node):
        yield from _of(child, names)


def _made(name: str, arguments: Sequence[ast.expr], names: _Names) -> Iterator[Text]:
    if name == "Before":
        context, places = "Doctor", tuple(range(len(arguments)))
    else:
        context, places = _MADE_BY.get(name, ("", ()))
    for place in places:
        texts = _texts(arguments[place], names) if place < len(arguments) else ()
        yield from ((context, text) for text in texts if any(map(str.isalpha, text)))


_Names = Sequence[Mapping[str, Sequence[ast.expr]]]
"""What stands behind the names of a function, of those around it, and of its module."""


def _assigned(tree: ast.AST) -> dict[str, list[ast.expr]]:
    """Of names that are assigned to in there, all of it."""
    named: dict[str, list[ast.expr]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
            named.setdefault(node.target.id, []).append(ast.BinOp(node.target, node.op, node.value))
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Name):
                    named.setdefault(target.id, []).append(node.value)
    return named


def _texts(node: ast.expr, names: _Names) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from (*_texts(node.body, names), *_texts(node.orelse, names))
    elif isinstance(node, ast.Name):
        for value in next((known[node.id] for known in names if node.id in known), ()):
            yield from _texts(value, names)
    elif isinstance(node, ast.JoinedStr | ast.BinOp):
        raise ValueError(f"a text is put together from pieces: {ast.unparse(node)}")
