"""All commands of a window as it is now: its actions, buttons, workspaces, looks, blocks and presets."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QAbstractButton, QWidgetAction

from cnnstudio.ui.commands.command import Command

if TYPE_CHECKING:
    from cnnstudio.ui.main_window import MainWindow

_LEFT_OUT = ("commandsAction", "clearRecentAction")
"""The one that opens the list itself, and one that says nothing outside its menu."""
_BUTTONS = ("codeToggle",)
"""Of the Build workspace; others have an action."""


def gather(window: MainWindow) -> tuple[Command, ...]:
    """Everything that can be done now, in the order in which it is listed before anything is typed."""
    return (
        *_actions(window),
        *_recent(window),
        *_training(window),
        *_workspaces(window),
        *_inspect(window),
        *_view(window),
        *_blocks(window),
        *_presets(window),
    )


def _tr(text: str) -> str:
    return QCoreApplication.translate("Commands", text)


def _actions(window: MainWindow) -> Iterator[Command]:
    """Every action with a name and a text that is enabled, whoever made it."""
    for action in window.findChildren(QAction):
        name = action.objectName()
        if not name.endswith("Action") or name in _LEFT_OUT or isinstance(action, QWidgetAction):
            continue
        if action.text() and action.isEnabled() and action.isVisible():
            yield Command(said(name, action.text()), action.trigger, _shown(action.shortcut()))


def said(name: str, text: str) -> str:
    """An action's text, with the menu before it where the text is too short without."""
    text = text.replace("&", "").partition("\t")[0]
    if name.endswith("ThemeAction"):
        return _tr("Theme: {name}").format(name=text)
    if name.startswith("export"):
        return _tr("Export: {name}").format(name=text)
    return text


def _recent(window: MainWindow) -> Iterator[Command]:
    window.files.fill_recent()
    for action in window.files.recent.actions():
        if action.objectName().startswith("recentAction") and action.isEnabled():
            name, _, folder = action.text().replace("&&", "&").partition("\t")
            yield Command(_tr("Open recent: {name}").format(name=name), action.trigger, detail=folder)


def _training(window: MainWindow) -> Iterator[Command]:
    """What starts, pauses and stops a training are actions; this leads to its settings."""
    button = window.header.optimizer
    if button.isEnabled() and button.isVisibleTo(window.header):
        yield Command(button.toolTip(), button.click)


def _workspaces(window: MainWindow) -> Iterator[Command]:
    for button in window.rail.findChildren(QAbstractButton):
        text = _tr("Go to {workspace}").format(workspace=button.text())
        yield Command(text, button.click, _shown(button.shortcut()))


def _inspect(window: MainWindow) -> Iterator[Command]:
    """Its pages, and the ways to a picture of one's own."""
    pages = {"mistakes": _tr("Mistakes"), "compare": _tr("Compare"), "health": _tr("Health")}
    for name, text in pages.items():
        said = _tr("Inspect: {page}").format(page=text)
        yield Command(said, partial(_show_inspect, window, name), words=(name,))
    yield Command(_tr("Inspect: draw a picture"), partial(_own_picture, window, "draw"))
    yield Command(_tr("Inspect: open a picture…"), partial(_own_picture, window, "choose_file"))


def _show_inspect(window: MainWindow, page: str) -> None:
    window.show_workspace("inspect")
    window.work.make_inspect().show_page(page)


def _own_picture(window: MainWindow, way: str) -> None:
    _show_inspect(window, "looks")
    image = window.work.make_inspect().image
    image.draw() if way == "draw" else image.choose_file()


def _view(window: MainWindow) -> Iterator[Command]:
    for name in _BUTTONS:
        button = window.work.build.findChild(QAbstractButton, name)
        if button is not None:
            yield Command(button.accessibleName(), partial(_in_build, window, button))


def _in_build(window: MainWindow, button: QAbstractButton) -> None:
    window.show_workspace("build")
    button.click()


def _blocks(window: MainWindow) -> Iterator[Command]:
    from cnnstudio.core.registry import block_types
    from cnnstudio.ui.build.say import block_title

    for block in block_types():
        yield Command(
            _tr("Insert {block}").format(block=block_title(block)),
            partial(_insert, window, block.__name__),
            detail=QCoreApplication.translate("Block", block.category),
            words=(block.__name__,),
        )


def _insert(window: MainWindow, kind: str) -> None:
    window.show_workspace("build")
    window.work.build.insert(kind)
    window.work.build.canvas.setFocus()


def _presets(window: MainWindow) -> Iterator[Command]:
    window.presets.fill()
    for action in window.presets.actions():
        if isinstance(action.data(), str) and action.isEnabled():
            name, _, costs = action.text().partition("\t")
            text = _tr("Open preset: {name}").format(name=name)
            yield Command(text, action.trigger, detail=costs, words=(action.data(),))


def _shown(keys: QKeySequence) -> str:
    return keys.toString(QKeySequence.SequenceFormat.NativeText)
