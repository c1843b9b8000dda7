"""What there is to be known: shortcuts of the window's actions, and what workspaces declare beside them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QAbstractButton, QWidget

from cnnstudio.ui.commands.gather import said
from cnnstudio.ui.gesture import Gesture, key_text

if TYPE_CHECKING:
    from cnnstudio.ui.main_window import MainWindow


@dataclass(frozen=True, slots=True)
class Known:
    """One thing that can be done: by keys, as the system writes them, or by a hand (with a key held)."""

    does: str
    keys: tuple[str, ...] = ()
    hand: str = ""

    @property
    def how(self) -> str:
        """In words, for search and for whoever cannot see it."""
        return " + ".join((*self.keys, self.hand)) if self.hand else ", ".join(self.keys)


@dataclass(frozen=True, slots=True)
class Group:
    """The keys of a workspace or of all the window, or its gestures."""

    name: str
    """That of the workspace; empty: everywhere."""
    title: str
    known: tuple[Known, ...]


def gather(window: MainWindow, shown: str) -> tuple[Group, ...]:
    """All groups: the workspace that is ``shown`` first, then what goes everywhere, then the others."""
    everywhere = (*_actions(window), *_rail(window), *map(_known, _gestures("")))
    groups = _groups("", _tr("Everywhere"), everywhere)
    for button in window.rail.findChildren(QAbstractButton):
        name = button.objectName().removesuffix("WorkspaceButton")
        known = (*_shortcuts(window, name), *map(_known, _gestures(name)))
        groups += _groups(name, button.text(), known)
    return tuple(sorted(groups, key=lambda group: group.name != shown))


def _groups(name: str, title: str, known: tuple[Known, ...]) -> list[Group]:
    """The keys, then what a hand does."""
    parts = (
        Group(name, _tr("{workspace}: keys").format(workspace=title), tuple(k for k in known if not k.hand)),
        Group(name, _tr("{workspace}: mouse").format(workspace=title), tuple(k for k in known if k.hand)),
    )
    return [part for part in parts if part.known]


def _tr(text: str) -> str:
    return QCoreApplication.translate("Keys", text)


def _actions(window: MainWindow) -> Iterator[Known]:
    for spec in window.window_actions.specs:
        keys = _shown(window.window_actions[spec.name].shortcuts())
        if keys:
            yield Known(_plain(said(spec.name, spec.text)), keys)


def _rail(window: MainWindow) -> Iterator[Known]:
    for button in window.rail.findChildren(QAbstractButton):
        yield Known(_tr("Go to {workspace}").format(workspace=button.text()), _shown([button.shortcut()]))


def _shortcuts(window: MainWindow, name: str) -> Iterator[Known]:
    """Those of a workspace's own actions; Runs need not have been made for it."""
    if name == "build":
        yield from _of_actions(window.work.build)
    elif name == "runs":
        from cnnstudio.ui.runs.actions import run_actions

        for spec in run_actions():
            if spec.keys is not None:
                yield Known(_plain(spec.text), (key_text(spec.keys),))


def _of_actions(workspace: QWidget) -> Iterator[Known]:
    for action in workspace.findChildren(QAction):
        keys = _shown(action.shortcuts())
        if keys and action.objectName().endswith("Action"):
            yield Known(_plain(action.text()), keys)


def _gestures(name: str) -> tuple[Gesture, ...]:
    """What a workspace declares, or the window; those modules are small, whatever the workspace needs."""
    match name:
        case "":
            from cnnstudio.ui.gestures import gestures
        case "start":
            from cnnstudio.ui.start_page.gestures import gestures
        case "build":
            from cnnstudio.ui.build.gestures import gestures
        case "train":
            from cnnstudio.ui.train.gestures import gestures
        case "inspect":
            from cnnstudio.ui.inspect.gestures import gestures
        case "learn":
            from cnnstudio.ui.learn.gestures import gestures
        case "runs":
            from cnnstudio.ui.runs.gestures import gestures
        case _:
            return ()
    return gestures()


def _known(gesture: Gesture) -> Known:
    return Known(gesture.does, tuple(map(key_text, gesture.keys)), gesture.hand)


def _plain(text: str) -> str:
    return text.replace("&", "").rstrip("…")


def _shown(keys: Iterable[QKeySequence]) -> tuple[str, ...]:
    return tuple(text for key in keys if (text := key.toString(QKeySequence.SequenceFormat.NativeText)))
