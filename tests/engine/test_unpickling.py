"""Where bytes become objects: a list that nobody lengthens by accident."""

import ast
from collections.abc import Iterator
from pathlib import Path

import cnnstudio

PACKAGE = Path(cnnstudio.__file__).parent
PIPES = {"core/wire.py"}
"""Between the window and the process that it started itself."""
REFUSING = {"workspace/datasets/cifar.py"}
"""An unpickler that knows arrays and nothing else, for files whose check sums are published."""


def calls(path: Path) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node


def given(call: ast.Call, name: str) -> object:
    return next((ast.literal_eval(word.value) for word in call.keywords if word.arg == name), None)


def is_safe(name: str, call: ast.Call, place: str) -> bool:
    if name == "torch.load":
        return given(call, "weights_only") is True
    if name in ("np.load", "numpy.load"):
        return given(call, "allow_pickle") is False
    if name in ("pickle.load", "pickle.loads"):
        return place in PIPES
    return not name.endswith("Unpickler") or place in REFUSING


def test_nothing_from_a_file_is_unpickled() -> None:
    unsafe = [
        f"{place}:{call.lineno} {name}"
        for path in PACKAGE.rglob("*.py")
        for place in (path.relative_to(PACKAGE).as_posix(),)
        for name, call in calls(path)
        if not is_safe(name, call, place)
    ]
    assert unsafe == []
