"""Takes an explanation away: a step as PNG or SVG, all steps as an animated GIF or as numbered pictures."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from io import BytesIO
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QBuffer, QIODevice, QRect, QSize
from PySide6.QtGui import QImage, QPainter

from cnnstudio.app.steps import Elsewhere, Steps
from cnnstudio.ui.diagram.picture_export import PictureExport
from cnnstudio.ui.learn.sheet import Sheet, paint_sheet, picture_of, sheet_of
from cnnstudio.workspace.atomic import write_bytes

if TYPE_CHECKING:
    from PIL import Image

    from cnnstudio.ui.learn.explainer import Explainer, View
    from cnnstudio.ui.learn.workspace import LearnWorkspace

PNG_SCALE, MOVIE_SCALE = 2.0, 1.0
MOST_FRAMES = 120
"""Of more steps, every second, third … is shown."""
_FRAME_MS, _LAST_MS = 350, 1500
_DOTS_PER_INCH = 96


class LearnExport(PictureExport):
    """Asks where, draws while the window goes on, writes whole or not at all, says how it went."""

    def __init__(self, workspace: LearnWorkspace) -> None:
        super().__init__(workspace)
        self._workspace = workspace

    def export(self, kind: str) -> None:
        """``"png"``, ``"svg"``, ``"gif"`` or ``"frames"`` of what is shown."""
        if self._workspace.explainer is None:
            self.failed.emit(self.tr("There is nothing to export yet: choose a block first."))
            return
        title = self.tr("Export the explanation")
        if kind == "frames":
            self._workspace.dialogs.open_folder(title, partial(self._begin, kind))
            return
        kinds = {
            "png": self.tr("PNG pictures (*.png)"),
            "svg": self.tr("SVG pictures (*.svg)"),
            "gif": self.tr("Animated pictures (*.gif)"),
        }
        suggested = Path.home() / f"{self._stem()}.{kind}"
        self._workspace.dialogs.save_file(title, kinds[kind], suggested, partial(self._begin, kind))

    def _begin(self, kind: str, path: Path) -> None:
        explainer = self._workspace.explainer
        if self.busy:
            self.failed.emit(self.tr("Another export is still being drawn: wait for it, or cancel it."))
            return
        if explainer is None:
            return
        if kind != "frames" and not path.suffix:
            path = path.with_suffix(f".{kind}")
        view, title = self._workspace.view, self._workspace.title
        makers: dict[str, Callable[[], Steps[None]]] = {
            "png": lambda: _one(_png(self._now()), path),
            "svg": lambda: _one(_svg(self._now()), path),
            "gif": lambda: _movie(explainer, view, title, path),
            "frames": lambda: _frames(explainer, view, title, path, self._stem()),
        }
        told = self.tr("Exported to {path}.").format(path=path)
        self._start(makers[kind](), lambda _: self.told.emit(told), path)

    def _now(self) -> Sheet:
        assert self._workspace.scene is not None
        return sheet_of(self._workspace.title, self._workspace.scene)

    def _stem(self) -> str:
        words = re.findall(r"[^\W_]+", self._workspace.title.lower())
        return "-".join(words)[:60] or "explanation"


def steps_shown(count: int) -> range:
    """Which of so many steps a movie shows."""
    return range(0, count, max(1, ceil(count / MOST_FRAMES)))


def _one(data: Steps[bytes], path: Path) -> Steps[None]:
    found = yield from data
    yield Elsewhere(partial(write_bytes, path, found))


def _png(sheet: Sheet) -> Steps[bytes]:
    image = picture_of(sheet, PNG_SCALE)
    yield 0.5
    return cast(bytes, (yield Elsewhere(partial(_encoded, image))))


def _svg(sheet: Sheet) -> Steps[bytes]:
    from PySide6.QtSvg import QSvgGenerator

    from cnnstudio.ui.diagram.formats import tidied

    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    generator = QSvgGenerator(QSvgGenerator.SvgVersion.Svg11)
    generator.setOutputDevice(buffer)
    generator.setResolution(_DOTS_PER_INCH)
    generator.setSize(sheet.size)
    generator.setViewBox(QRect(0, 0, sheet.size.width(), sheet.size.height()))
    generator.setTitle(sheet.title)
    generator.setDescription(sheet.sentence)
    painter = QPainter(generator)
    paint_sheet(painter, sheet, sheet.size.height())
    painter.end()
    yield 0.5
    svg = yield from tidied(bytes(buffer.data().data()).decode("utf-8"))
    return svg.encode("utf-8")


def _sheets(explainer: Explainer, view: View, title: str) -> Steps[list[Sheet]]:
    steps = steps_shown(explainer.steps(view))
    sheets = []
    for number, step in enumerate(steps):
        sheets.append(sheet_of(title, explainer.scene(replace(view, step=step))))
        yield 0.4 * number / len(steps)
    return sheets


def _movie(explainer: Explainer, view: View, title: str, path: Path) -> Steps[None]:
    sheets = yield from _sheets(explainer, view, title)
    height = max(sheet.size.height() for sheet in sheets)
    frames: list[Image.Image] = []
    for number, sheet in enumerate(sheets):
        image = picture_of(sheet, MOVIE_SCALE, height)
        first = frames[0] if frames else None
        frames.append(cast("Image.Image", (yield Elsewhere(partial(_indexed, image, first)))))
        yield 0.4 + 0.5 * number / len(sheets)
    yield Elsewhere(lambda: write_bytes(path, _animated(frames)))


def _frames(explainer: Explainer, view: View, title: str, folder: Path, stem: str) -> Steps[None]:
    sheets = yield from _sheets(explainer, view, title)
    height = max(sheet.size.height() for sheet in sheets)
    for number, sheet in enumerate(sheets):
        path = folder / f"{stem}-{number + 1:03}.png"
        yield Elsewhere(partial(_write, path, picture_of(sheet, MOVIE_SCALE, height)))
        yield 0.4 + 0.6 * number / len(sheets)


def _write(path: Path, image: QImage) -> None:
    write_bytes(path, _encoded(image))


def _encoded(image: QImage) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]  # the stubs want bytes, PySide a str
    return bytes(buffer.data().data())


def _indexed(image: QImage, first: Image.Image | None) -> Image.Image:
    """In few colours, those of the first picture."""
    from PIL import Image

    frame = _for_pillow(image)
    if first is None:
        return frame.quantize(colors=128)
    return frame.quantize(palette=first, dither=Image.Dither.NONE)


def _animated(frames: list[Image.Image]) -> bytes:
    """A GIF that begins again and rests at its last picture."""
    found = BytesIO()
    durations = [_FRAME_MS] * (len(frames) - 1) + [_LAST_MS]
    first, *others = frames
    first.save(found, "GIF", save_all=True, append_images=others, duration=durations, loop=0)
    return found.getvalue()


def _for_pillow(image: QImage) -> Image.Image:
    from PIL import Image

    size: QSize = image.size()
    rgb = image.convertToFormat(QImage.Format.Format_RGB888)
    data = bytes(rgb.constBits())
    return Image.frombuffer("RGB", (size.width(), size.height()), data, "raw", "RGB", rgb.bytesPerLine(), 1)
