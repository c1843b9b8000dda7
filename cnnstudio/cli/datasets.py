"""``cnnstudio datasets``."""

from __future__ import annotations

from argparse import Namespace

from cnnstudio.cli.table import print_json, print_table
from cnnstudio.core.quantity import grouped
from cnnstudio.core.shape import shape_text
from cnnstudio.workspace.datasets import DatasetInfo, presence
from cnnstudio.workspace.paths import data_dir


def datasets(options: Namespace) -> int:
    """Lists the data sets and whether each is on this disk."""
    found = presence()
    if options.json:
        print_json([_values(entry.info, entry.present) for entry in found])
        return 0
    print_table(
        ("id", "on this disk", "image", "training", "test", "source"),
        [_row(entry.info, entry.present) for entry in found],
        right=frozenset({2, 3, 4}),
    )
    print(f"\nData folder: {data_dir()} (CNNSTUDIO_DATA names another)")
    return 0


def _values(info: DatasetInfo, present: bool) -> dict[str, object]:
    return {
        "id": info.id,
        "title": info.title,
        "present": present,
        "input": [info.channels, info.height, info.width],
        "any_size": info.any_size,
        "classes": list(info.class_names),
        "train_images": info.train_count,
        "test_images": info.test_count,
        "downloadable": info.downloadable,
        "source": info.source,
        "licence": info.licence,
    }


def _row(info: DatasetInfo, present: bool) -> tuple[str, ...]:
    where = "yes" if present else "no (downloaded when needed)" if info.downloadable else "yours: --data DIR"
    size = "any" if info.any_size else shape_text((info.channels, info.height, info.width))
    counts = (grouped(info.train_count), grouped(info.test_count)) if info.train_count else ("", "")
    return (info.id, where, size, *counts, info.source)
