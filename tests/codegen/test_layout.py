"""Lines of at most 88 columns, broken where ruff breaks them."""

from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from cnnstudio.codegen.expression import Construct, Copies, Expression
from cnnstudio.codegen.layout import Lines
from tests.codegen.built import ruff_complaints

_NAMES = st.sampled_from(("nn.Conv2d", "BasicBlock", "nn.Sequential", "a", "AVeryLongClassNameIndeedYes"))
_VALUES = (
    st.integers(0, 10**6)
    | st.booleans()
    | st.floats(0.1, 1)
    | st.tuples(st.integers(1, 9), st.integers(1, 9))
)


def _constructs(inner: st.SearchStrategy[Expression]) -> st.SearchStrategy[Construct]:
    keywords = st.lists(st.tuples(st.sampled_from(("padding", "stride", "bias")), _VALUES), max_size=3)
    return st.builds(
        lambda target, args, kwargs, stacked: Construct(
            target, tuple(args), tuple(dict(kwargs).items()), stacked=stacked and bool(args) and not kwargs
        ),
        _NAMES,
        st.lists(inner, max_size=6),
        keywords,
        st.booleans(),
    )


_EXPRESSIONS = st.recursive(
    _VALUES,
    lambda inner: _constructs(inner) | st.builds(Copies, _constructs(inner), st.integers(3, 1000)),
    max_leaves=12,
)


def test_constructs_are_laid_out_as_ruff_does(tmp_path: Path) -> None:
    sources: dict[str, str] = {}

    @settings(max_examples=200, deadline=None)
    @given(_constructs(_EXPRESSIONS), st.sampled_from((0, 4, 8, 12)))
    def collect(construct: Construct, indent: int) -> None:
        lines = Lines()
        for depth in range(0, indent, 4):
            lines.add(depth, "if True:")
        lines.expression(indent, construct, "variable = ")
        sources[f"layout{len(sources)}"] = lines.source()

    collect()
    complaints = ruff_complaints(sources, tmp_path)
    assert "would reformat" not in complaints
    assert "@@" not in complaints
