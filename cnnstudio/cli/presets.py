"""``cnnstudio presets``."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import dataclass

from cnnstudio.cli.table import print_json, print_table
from cnnstudio.core.document import Document
from cnnstudio.core.infer import Inference, infer
from cnnstudio.core.quantity import grouped, short
from cnnstudio.core.shape import shape_text
from cnnstudio.workspace.presets import load_preset, preset_ids


@dataclass(frozen=True)
class _Preset:
    id: str
    document: Document
    inference: Inference


def presets(options: Namespace) -> int:
    """Lists the networks that ship with the program."""
    documents = {id: load_preset(id) for id in preset_ids()}
    found = [_Preset(id, document, infer(document)) for id, document in documents.items()]
    if options.json:
        print_json([_values(preset) for preset in found])
    else:
        head = ("id", "input", "params", "MACs", "name", "source")
        print_table(head, [_row(preset) for preset in found], right=frozenset({1, 2, 3}))
    return 0


def _values(preset: _Preset) -> dict[str, object]:
    document, inference = preset.document, preset.inference
    return {
        "id": preset.id,
        "name": document.name,
        "input": list(document.input.shape),
        "classes": document.classes,
        "params": inference.params,
        "macs": inference.macs,
        "dataset": document.training.dataset,
        "source": document.source,
    }


def _row(preset: _Preset) -> tuple[str, ...]:
    size = shape_text(preset.document.input.shape)
    params, macs = grouped(preset.inference.params), short(preset.inference.macs)
    return (preset.id, size, params, macs, preset.document.name, preset.document.source)
