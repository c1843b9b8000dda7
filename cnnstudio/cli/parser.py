"""Arguments to commands, and errors to one line."""

from __future__ import annotations

import argparse
import io
import sys
from collections.abc import Callable, Sequence
from typing import NoReturn, get_args

import cnnstudio
from cnnstudio.cli.errors import CommandError
from cnnstudio.core.training import EngineName
from cnnstudio.workspace.errors import WorkspaceError


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line, without the usage."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message} (try {self.prog} --help)\n")


def run(arguments: Sequence[str]) -> int:
    """Parses and runs; see :func:`cnnstudio.cli.main`."""
    _print_what_fits()
    try:
        options = make_parser().parse_args(arguments)
    except SystemExit as end:  # --help and --version, or arguments that make no sense
        return end.code if isinstance(end.code, int) else 2
    try:
        code = _function(options.command)(options)
        sys.stdout.flush()
    except (CommandError, WorkspaceError) as error:
        print(f"cnnstudio {options.command}: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:  # `cnnstudio presets | head`
        sys.stderr.close()
        return 0
    except KeyboardInterrupt:
        return 130
    return code


def _print_what_fits() -> None:
    """A pipe on Windows may know neither × nor ─: a question mark is better than an error."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def make_parser() -> argparse.ArgumentParser:
    """All commands with their options."""
    parser = _Parser(
        prog="cnnstudio",
        description="Opens the window: cnnstudio [FILE or PRESET]. Or works without it:",
    )
    parser.add_argument("--version", action="version", version=f"CNN Studio {cnnstudio.__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND", parser_class=_Parser)
    _json(commands.add_parser("presets", help="list the networks that ship with the program"))
    _json(_model(commands.add_parser("shapes", help="every block's shapes, parameters, MACs and problems")))
    _json(commands.add_parser("datasets", help="list the data sets and whether each is on this disk"))
    _export(commands.add_parser("export", help="write the network as Python"))
    _train(commands.add_parser("train", help="train without a window"))
    _evaluate(commands.add_parser("evaluate", help="test what a run has learnt"))
    _tensorboard(commands.add_parser("tensorboard", help="write runs as files that TensorBoard reads"))
    return parser


def _function(command: str) -> Callable[[argparse.Namespace], int]:
    """The command's function; only its own file is imported."""
    match command:
        case "presets":
            from cnnstudio.cli.presets import presets as function
        case "shapes":
            from cnnstudio.cli.shapes import shapes as function
        case "datasets":
            from cnnstudio.cli.datasets import datasets as function
        case "export":
            from cnnstudio.cli.export import export as function
        case "train":
            from cnnstudio.cli.train import train as function
        case "tensorboard":
            from cnnstudio.cli.tensorboard import tensorboard as function
        case _:
            from cnnstudio.cli.evaluate import evaluate as function
    return function


def _model(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    parser.add_argument("model", metavar="MODEL", help="a preset's id or a .cnn.json file")
    return parser


def _json(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    parser.add_argument("--json", action="store_true", help="print one JSON value")
    return parser


def _export(parser: argparse.ArgumentParser) -> None:
    _model(parser)
    parser.add_argument("-o", "--output", metavar="FILE", required=True, help="where to; - prints it")
    parser.add_argument("--script", action="store_true", help="a whole training script")


def _train(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model", metavar="MODEL", nargs="?", help="a preset's id or a .cnn.json file")
    parser.add_argument("--dataset", metavar="ID", help="train on this data set instead of the document's")
    parser.add_argument("--data", metavar="DIR", help="the data folder; with --dataset folder, the images'")
    parser.add_argument("--epochs", metavar="N", type=_positive, help="epochs in all")
    parser.add_argument("--limit", metavar="N", type=_positive, help="use the first N training images")
    parser.add_argument("--batch-size", metavar="N", type=_positive, help="images a step")
    parser.add_argument("--device", metavar="D", default="auto", help="auto (default), cpu, cuda:0, mps")
    parser.add_argument("--engine", choices=get_args(EngineName), help="default: the model's own")
    parser.add_argument("--seed", metavar="N", type=_whole, help="makes a run repeatable")
    target = parser.add_mutually_exclusive_group()
    target.add_argument("--out", metavar="RUN", help="the run's folder (default: a new one)")
    target.add_argument("--resume", metavar="RUN", help="go on with this run; needs no MODEL")
    _json(parser)


def _evaluate(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("run", metavar="RUN", help="a run's folder")
    parser.add_argument("--data", metavar="DIR", help="the data folder")
    parser.add_argument("--device", metavar="D", default="auto", help="auto (default), cpu, cuda:0, mps")
    _json(parser)


def _tensorboard(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("runs", metavar="RUN", nargs="*", help="runs' folders (default: all runs)")
    parser.add_argument("-o", "--out", metavar="DIR", required=True, help="the folder for TensorBoard")
    _json(parser)


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"expected a whole number of at least 1, got {text!r}")
    return int(text)


def _whole(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"expected a whole number of at least 0, got {text!r}")
    return int(text)
