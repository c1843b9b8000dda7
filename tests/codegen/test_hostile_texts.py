"""Nothing that a file says can break out of the docstring, upset ruff or change what the code does."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnstudio.codegen import generate, script
from cnnstudio.codegen.names import MODULE_NAMES, attribute_name, class_name, class_names
from cnnstudio.core.document import Document
from tests.codegen.built import namespace, ruff_complaints
from tests.codegen.documents import CLASSIFIER, conv, document

_PIECES = st.sampled_from(
    (
        '"""',
        "'''",
        '"',
        "'",
        "\\",
        "\\N{BULLET}",
        "\n",
        "\r",
        "\t",
        "#",
        "# noqa: E501",
        "# fmt: off",
        "{x}",
        "%s",
        "가나다",
        "漢字",
        "é",
        "\u202e",
        "\u200b",
        "\x00",
        "\ud800",
        "\ufeff",
        "\U0001f600",
        "a" * 200,
        "\\" * 100,
        "import os",
        ">>> 1",
        ".",
        "…",
        " ",
        "  ",
        "--",
        "ﷺ",
        "⸻" * 40,
        "__import__('os')",
        "eval(",
        "\N{NBSP}",
    )
)
_TEXTS = st.lists(_PIECES | st.text(max_size=20), max_size=12).map("".join)


def test_texts_stay_in_their_docstring(tmp_path: Path) -> None:
    sources: dict[str, str] = {}

    @settings(max_examples=120, deadline=None)
    @given(_TEXTS, _TEXTS, _TEXTS)
    def collect(name: str, summary: str, source: str) -> None:
        hostile = _simple().changed(name=name, summary=summary, source=source)
        generated = generate(hostile)
        defined = namespace(generated.source)
        assert list(defined)[-1] == generated.class_name
        assert set(defined) == {"__name__", "__doc__", "__builtins__", "Tensor", "nn", generated.class_name}
        sources[f"model{len(sources)}"] = generated.source
        sources[f"script{len(sources)}"] = script(hostile)

    collect()
    assert ruff_complaints(sources, tmp_path) == ""


def _simple() -> Document:
    return document([*conv(4), *CLASSIFIER])


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("ResNet-50", "ResNet50"),
        ("First CNN for CIFAR-10", "FirstCNNForCIFAR10"),
        ("나의 네트워크", "Network"),
        ("Zürich 2", "Zurich2"),
        ("2nd try", "Network2ndTry"),
        ("10 20", "Network10_20"),
        ("", "Network"),
        ("None", "NoneNetwork"),
        ("Tensor", "TensorNetwork"),
        ("I", "INetwork"),
        ("Exception", "ExceptionNetwork"),
        ("a; import os", "AImportOs"),
        ("nn", "Nn"),
    ],
)
def test_class_names(title: str, name: str) -> None:
    assert class_name(title) == name


@given(st.text(max_size=80))
def test_every_title_gives_a_plain_class_name(title: str) -> None:
    name = class_name(title)
    assert name.isidentifier()
    assert name.isascii()
    assert name[0].isupper()
    assert len(name) <= 50
    assert class_names().unique(name) == name


@given(st.sampled_from(sorted(MODULE_NAMES)) | st.from_regex(r"\A[A-Za-z_][A-Za-z0-9_]{0,39}\Z"))
def test_attribute_names_are_free(name: str) -> None:
    safe = attribute_name(name)
    assert safe.isidentifier()
    assert not safe.startswith("_")
    assert safe not in MODULE_NAMES


def test_names_of_torch_modules_are_known() -> None:
    from torch import nn

    assert {name for name in dir(nn.Module()) if not name.startswith("_")} <= MODULE_NAMES


def test_a_network_may_be_called_like_its_blocks() -> None:
    from tests.codegen.documents import block

    residual = block("Residual", body=conv(8))
    for name in ("ResidualBlock", "BasicBlock", "nn", "torch", "Shapes", "EPOCHS"):
        generated = generate(document([*conv(8), residual, *CLASSIFIER], name=name))
        assert generated.source.count(f"class {generated.class_name}(") == 1


def test_docstrings_of_every_length_suit_ruff(tmp_path: Path) -> None:
    words = ("word " * 40).strip()
    sources = {f"length{n}": generate(_simple().changed(name=words[:n])).source for n in range(60, 180)}
    assert ruff_complaints(sources, tmp_path) == ""


def test_a_backslash_stays_one_backslash() -> None:
    defined: dict[str, str] = {}
    exec(generate(_simple().changed(name="a\\b")).source, defined)
    assert defined["__doc__"] == "a\\b."
