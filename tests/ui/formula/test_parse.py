"""Formulas are read as people write them, and nothing of them is lost."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot

import cnnstudio.blocks  # noqa: F401  # registers the block types
from cnnstudio.core.registry import block_types
from cnnstudio.ui.formula import FormulaView
from cnnstudio.ui.formula.parse import (
    Fence,
    Fraction,
    Lowered,
    Part,
    Raised,
    Root,
    Row,
    Text,
    parse,
)

FORMULAS = sorted({block.formula for block in block_types() if block.formula})


def flat(part: Part) -> str:
    """The formula on one line again, without spaces; needless brackets are gone."""
    match part:
        case Text(text=text):
            return text.strip()
        case Row(parts=parts):
            return "".join(map(flat, parts))
        case Fraction(over=over, under=under):
            return f"{flat(over)}/{flat(under)}"
        case Root(inside=inside):
            return f"√{flat(inside)}"
        case Fence(left=left, inside=inside, right=right):
            return left + flat(inside) + right
        case Raised(base=base, exponent=exponent):
            return f"{flat(base)}^{flat(exponent)}"
        case Lowered(base=base, index=index):
            return f"{flat(base)}[{flat(index)}]"


@pytest.mark.parametrize(
    ("formula", "read"),
    [
        ("out = ⌊(in + 2·padding − kernel) / stride⌋ + 1", "out=⌊in+2·padding−kernel/stride⌋+1"),
        ("1 / (1 + e⁻ˣ)", "1/1+e^−x"),
        ("γ · (x − mean) / √(variance + eps) + β", "γ·x−mean/√variance+eps+β"),
        ("out[c] = exp(x[c]) / Σ exp(x)", "out[c]=exp(x[c])/Σexp(x)"),
        ("x / (k + α/size · Σ x²)^β", "x/(k+α/size·Σx^2)^β"),
    ],
)
def test_a_formula_is_read(formula: str, read: str) -> None:
    assert flat(parse(formula)) == read


def test_the_numerator_is_the_last_factor() -> None:
    (left, dot, quotient) = [p for p in parse("i·in/out").parts if p != Text(" ")]
    assert (left, dot) == (Text("i"), Text("·"))
    assert quotient == Fraction(Text("in"), Text("out"))


@given(st.text(alphabet="ab1 ()[]⌊⌋/^√Σ²ˣ+−·,=", max_size=40))
@example("((")
@example("/")
@example("a/")
@example("√")
@example("a^")
def test_whatever_is_written_can_be_read(text: str) -> None:
    kept = [c for c in text if c in "ab1Σ√+·,="]
    assert [c for c in flat(parse(text)).replace("−", "") if c in "ab1Σ√+·,="] == kept


@pytest.mark.parametrize("width", [240, 300])
def test_every_formula_of_a_block_fits_the_inspector(qtbot: QtBot, width: int) -> None:
    view = FormulaView()
    qtbot.addWidget(view)
    for formula in FORMULAS:
        view.setText(formula)
        room = width - 24
        assert view.text() == view.accessibleDescription() == formula
        assert all(0.7 * box.width + indent <= room for box, indent in view.lines(room)), formula
        assert view.heightForWidth(width) < 120
