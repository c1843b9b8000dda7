"""What the tests share: generated source executed on torch's meta device, and ruff over many sources."""

import subprocess
import sys
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path

import torch
from torch import nn

from cnnstudio.codegen import Generated, generate
from cnnstudio.core.document import Document
from cnnstudio.core.infer import Report, StackReport, infer
from cnnstudio.core.shape import Shape

BATCH = 2


def network(generated: Generated) -> nn.Module:
    """The network that the source defines, without memory for its weights."""
    with torch.device("meta"):
        made = namespace(generated.source)[generated.class_name]()
    assert isinstance(made, nn.Module)
    return made


def namespace(source: str) -> dict[str, type]:
    """What executing a source defines, in order."""
    found: dict[str, type] = {"__name__": "exported"}  # type: ignore[dict-item]
    exec(compile(source, "exported.py", "exec"), found)
    return found


def outputs(model: nn.Module, shape: Shape) -> list[Shape]:
    """The shapes that leave, main logits first, without the batch."""
    x = torch.empty(BATCH, *shape, device="meta")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Dropout2d has something to say about flat features
        y = model(x)
    return [tuple(part.shape[1:]) for part in (y if isinstance(y, tuple) else (y,))]


def parameter_count(model: nn.Module) -> int:
    """How many numbers torch would train."""
    return sum(parameter.numel() for parameter in model.parameters())


def occurrences(stack: StackReport) -> Iterator[Report]:
    """Every node in every repetition, in the order in which data passes."""
    for report in stack.reports:
        if not report.rounds or len(report.rounds[0].stacks) == 0:
            yield report
            continue
        yield report
        for part in report.rounds:
            for _ in range(part.times):
                for inner in part.stacks:
                    yield from occurrences(inner)


def check(document: Document) -> Generated:
    """Generates, builds, runs, and compares everything with inference."""
    inference = infer(document)
    generated = generate(document)
    model = network(generated)
    assert list(namespace(generated.source))[-1] == generated.class_name
    assert parameter_count(model) == inference.params
    assert outputs(model.eval(), document.input.shape) == [inference.body.output]
    heads = [report for report in inference.body.reports if type(report.block).__name__ == "AuxClassifier"]
    expected = [inference.body.output, *(head.rounds[0].stacks[0].output or head.input for head in heads)]
    assert outputs(model.train(), document.input.shape) == expected
    _check_paths(model, generated.paths, inference.body)
    _check_lines(generated)
    return generated


def _check_paths(model: nn.Module, paths: Mapping[str, tuple[str, ...]], body: StackReport) -> None:
    expected: dict[str, list[Report]] = {}
    for report in occurrences(body):
        expected.setdefault(report.node.id, []).append(report)
    assert paths.keys() == expected.keys()
    for node, reports in expected.items():
        assert len(paths[node]) == len(reports), node
        for path, report in zip(paths[node], reports, strict=True):
            _check_module(model.get_submodule(path), report)


def _check_module(module: nn.Module, report: Report) -> None:
    block = report.block
    if hasattr(block, "constructor"):
        call = block.constructor(report.input)
        assert type(module) is getattr(nn, call.target.removeprefix("nn."))
    assert sum(parameter.numel() for parameter in module.parameters()) == report.params


def _check_lines(generated: Generated) -> None:
    total = len(generated.source.splitlines())
    assert generated.lines.keys() == generated.paths.keys()
    assert all(1 <= first <= last <= total for first, last in generated.lines.values())


def ruff_complaints(sources: Mapping[str, str], folder: Path) -> str:
    """What ruff would change or has to say, with its default settings, in one call each."""
    for name, source in sources.items():
        (folder / f"{name}.py").write_text(source, encoding="utf-8")
    ruff = [sys.executable, "-m", "ruff"]
    commands = (
        [*ruff, "format", "--isolated", "--no-cache", "--diff", str(folder)],
        [*ruff, "check", "--isolated", "--no-cache", "--extend-select", "I,E,F,UP", str(folder)],
    )
    said = ""
    for command in commands:
        done = subprocess.run(command, capture_output=True, text=True, check=False, encoding="utf-8")
        if done.returncode:
            said += done.stdout + done.stderr
    return said
