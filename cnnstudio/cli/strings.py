"""The texts that Qt's lupdate does not find by itself, in a form that it does.

    python -m cnnstudio.cli.strings build/strings.py
    pyside6-lupdate $(git ls-files 'cnnstudio/*.py') build/strings.py -ts cnnstudio_ko.ts

lupdate reads ``self.tr("…")`` and ``QCoreApplication.translate("Context", "…")``. It misses functions that
fill the context in, other names for ``translate``, and what is data: the guided tours, the blocks' words,
what the core finds wrong and what the doctor advises.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from pydantic import BaseModel

import cnnstudio.blocks  # noqa: F401  # fills the registry
from cnnstudio.cli.templates import Text, templates_of
from cnnstudio.core.block import Composite
from cnnstudio.core.doctor.words import plain
from cnnstudio.core.fields import choice_title, describe
from cnnstudio.core.registry import block_types
from cnnstudio.core.training import TrainingSettings
from cnnstudio.workspace.runs.compare import GROUPS
from cnnstudio.workspace.tours import tours

_PACKAGE = Path(__file__).resolve().parent.parent


def hidden_texts() -> list[Text]:
    """All of them, sorted, each once."""
    found = {*_of_tours(), *_of_blocks(), *_of_settings(TrainingSettings), *_of_templates()}
    for path in sorted(_PACKAGE.rglob("*.py")):
        found |= set(texts_of(path.read_text("utf-8")))
    return sorted(found)


def _of_tours() -> Iterator[Text]:
    for tour in tours():
        yield "Tours", tour.title
        for step in tour.steps:
            yield "Tours", step.text


def _of_blocks() -> Iterator[Text]:
    for kind in block_types():
        yield "Block", kind.title
        yield "Block", kind.category
        yield "Block", kind.help_text()
        if kind.formula:
            yield "Block", kind.formula
        if issubclass(kind, Composite) and not kind.open_ended:
            yield from (("Phrase", label) for label in kind.stacks)
        for field in kind.fields():
            yield "Block", field.label
            yield "Block", field.help
            yield from (("Block", choice) for choice in field.choices)


def _of_settings(model: type[BaseModel]) -> Iterator[Text]:
    for field in describe(model):
        inner = model.model_fields[field.name].annotation
        if field.kind == "settings" and isinstance(inner, type) and issubclass(inner, BaseModel):
            yield from _of_settings(inner)
            continue
        yield "Settings", field.label
        if field.help:
            yield "Settings", field.help
        yield from (
            ("Settings", title) for choice in field.choices if (title := choice_title(choice)) != choice
        )


def _of_templates() -> Iterator[Text]:
    """What the core says, with the words of settings that fill it, and what runs differ in."""
    yield from (("Settings", group) for group in GROUPS.values())
    yield from (("Doctor", word) for word in (plain(True), plain(False), plain(())))
    for part in ("core", "blocks", "workspace/runs"):
        for path in sorted((_PACKAGE / part).rglob("*.py")):
            yield from templates_of(path.read_text("utf-8"))


def texts_of(source: str) -> Iterator[Text]:
    """What a module says through functions of its own, and through other names for ``translate``."""
    yield from _walk(ast.parse(source), {}, set())


def _walk(node: ast.AST, contexts: dict[str, str], aliases: set[str]) -> Iterator[Text]:
    if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef):
        contexts, aliases = dict(contexts), set(aliases)
        for inner in node.body:
            if isinstance(inner, ast.FunctionDef) and (context := _context(inner)):
                contexts[inner.name] = context
            elif isinstance(inner, ast.Assign) and _is_translate(inner.value):
                aliases |= {target.id for target in inner.targets if isinstance(target, ast.Name)}
    if isinstance(node, ast.Call):
        yield from _said(node, contexts, aliases)
    for child in ast.iter_child_nodes(node):
        yield from _walk(child, contexts, aliases)


def _said(call: ast.Call, contexts: dict[str, str], aliases: set[str]) -> Iterator[Text]:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    literals = [
        one.value for one in call.args if isinstance(one, ast.Constant) and isinstance(one.value, str)
    ]
    if name in contexts and len(literals) == len(call.args) == 1:
        yield contexts[name], literals[0]
    elif name in aliases and len(literals) == len(call.args) == 2:
        yield literals[0], literals[1]


def _context(function: ast.FunctionDef) -> str:
    """``"Clock"`` of ``def tr(text): return QCoreApplication.translate("Clock", text)``; empty of others."""
    last = function.body[-1]
    call = last.value if isinstance(last, ast.Return) else None
    return _literal(call.args[0]) if isinstance(call, ast.Call) and _is_translate(call.func) else ""


def _literal(node: ast.expr) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _is_translate(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == "translate"


def as_python(texts: Sequence[Text]) -> str:
    """A file for lupdate; nobody runs it."""
    lines = [f"    QT_TRANSLATE_NOOP({_quoted(context)}, {_quoted(text)}),\n" for context, text in texts]
    return "from PySide6.QtCore import QT_TRANSLATE_NOOP\n\nTEXTS = (\n" + "".join(lines) + ")\n"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def main(arguments: Sequence[str]) -> int:
    """Writes the file that is named."""
    (target,) = map(Path, arguments)
    target.parent.mkdir(parents=True, exist_ok=True)
    texts = hidden_texts()
    target.write_text(as_python(texts), "utf-8")
    print(f"{len(texts)} texts in {target}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
