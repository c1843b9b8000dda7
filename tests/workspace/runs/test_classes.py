"""How many training images each class of a run had."""

from pathlib import Path

import pytest

from cnnstudio.workspace.runs import RunFolder
from cnnstudio.workspace.runs.classes import Classes, read_classes, write_classes


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    folder, classes = RunFolder(tmp_path), Classes(("고양이", "dog"), (900, 30))
    write_classes(folder, classes)
    assert read_classes(folder) == classes


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "nothing",
        '{"names": ["a"], "counts": [1, 2]}',
        '{"names": [1], "counts": [true]}',
        "[" * 9999,
    ],
)
def test_anybodys_file_is_nothing(tmp_path: Path, text: str) -> None:
    folder = RunFolder(tmp_path)
    assert read_classes(folder) == Classes()
    folder.classes.write_text(text)
    assert read_classes(folder) == Classes()
