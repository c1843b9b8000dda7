"""All there is to know about a run, and what differs between two, read from their folders."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cnnstudio.core.difference import Difference, difference
from cnnstudio.core.document import Document, locations
from cnnstudio.core.infer import infer
from cnnstudio.workspace.errors import RunError
from cnnstudio.workspace.runs.compare import (
    Setting,
    SettingChange,
    facts_of,
    setting_changes,
    settings_of,
)
from cnnstudio.workspace.runs.folder import RunFolder
from cnnstudio.workspace.runs.following import EpochPoint, EventLine, Followed, StepPoint
from cnnstudio.workspace.runs.record import RunRecord

_MOST_SOURCE = 400_000


@dataclass(frozen=True, slots=True, eq=False)
class RunDetails:
    """One run. What cannot be read is None or empty, and ``problem`` says why."""

    path: str
    record: RunRecord | None = None
    document: Document | None = None
    params: int = 0
    macs: int = 0
    settings: tuple[Setting, ...] = ()
    facts: tuple[Setting, ...] = ()
    source: str = ""
    epochs: tuple[EpochPoint, ...] = ()
    points: tuple[StepPoint, ...] = ()
    events: tuple[EventLine, ...] = ()
    problem: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Side:
    """One of two compared runs: its totals, and where each block of it is, by id."""

    path: str
    params: int
    macs: int
    places: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """What differs between two runs."""

    left: Side
    right: Side
    settings: tuple[SettingChange, ...]
    architecture: Difference | None
    problem: str = ""


def read_details(path: str, followed: Followed) -> RunDetails:
    """Everything about a run, its metrics as far as they have been followed; never raises."""
    folder = RunFolder(Path(path))
    problems = []
    record = document = None
    try:
        record = folder.read_record()
    except RunError as error:
        problems.append(str(error))
    try:
        document = folder.read_document()
    except RunError as error:
        problems.append(str(error))
    costs = infer(document) if document else None
    return RunDetails(
        path=path,
        record=record,
        document=document,
        params=costs.params if costs else 0,
        macs=costs.macs if costs else 0,
        settings=settings_of(document.training) if document else (),
        facts=facts_of(record) if record else (),
        source=_source(folder.source),
        epochs=tuple(followed.epochs),
        points=tuple(followed.points),
        events=tuple(followed.events),
        problem=" ".join(problems),
    )


def compare(left: RunDetails, right: RunDetails) -> Comparison:
    """What differs; the networks only where both can be read."""
    changes = setting_changes((*left.settings, *left.facts), (*right.settings, *right.facts))
    changed = None
    if left.document is not None and right.document is not None:
        changed = difference(left.document, right.document)
    problem = " ".join(filter(None, (left.problem, right.problem)))
    return Comparison(_side(left), _side(right), changes, changed, problem)


def _side(details: RunDetails) -> Side:
    places = _places(details.document) if details.document else {}
    return Side(details.path, details.params, details.macs, places)


def _places(document: Document) -> dict[str, str]:
    """The names in ``model.py``, as people find them there; in the file, of what has none."""
    from cnnstudio.codegen import CannotGenerate, generate

    found = locations(document)
    try:
        modules = generate(document).paths
    except CannotGenerate:
        return found
    return found | {node: names[0] for node, names in modules.items() if names and names[0]}


def _source(path: Path) -> str:
    try:
        if not path.is_file():
            return ""
        with path.open(encoding="utf-8", errors="replace") as file:
            return file.read(_MOST_SOURCE)
    except OSError:
        return ""
