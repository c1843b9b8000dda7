"""Takes the network away as a picture: asks where, writes it whole or not at all, says how it went.

A large picture takes seconds, in which the window goes on; what is drawn is the network as it was.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from cnnstudio.app.steps import Elsewhere, Steps
from cnnstudio.app.store import DocumentStore
from cnnstudio.core.infer import Inference
from cnnstudio.ui.diagram.picture_export import PictureExport
from cnnstudio.ui.dialogs import Dialogs
from cnnstudio.ui.documents import file_stem
from cnnstudio.workspace.atomic import write_bytes

if TYPE_CHECKING:
    from PySide6.QtPrintSupport import QPrinter

    from cnnstudio.ui.diagram.sheet import Diagram

Folded = Callable[[], Collection[str]]


@dataclass(frozen=True, slots=True)
class _Format:
    suffix: str
    title: str
    kinds: str
    make: Callable[["Diagram"], Steps[bytes]]


class DiagramExport(PictureExport):
    """SVG, PNG, PDF and paper; ``folded`` tells which composites the canvas shows collapsed."""

    def __init__(
        self, store: DocumentStore, folded: Folded, dialogs: Dialogs, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._store = store
        self._folded = folded
        self.dialogs = dialogs

    def export_svg(self) -> None:
        """Asks where, then writes a picture that can be edited and never blurs."""
        from cnnstudio.ui.diagram.formats import svg_steps

        title, kinds = self.tr("Export the diagram as SVG"), self.tr("SVG pictures (*.svg)")
        self._export(_Format(".svg", title, kinds, svg_steps))

    def export_png(self) -> None:
        """Asks where, then writes a picture at twice the size of the canvas."""
        from cnnstudio.ui.diagram.formats import png_steps

        title, kinds = self.tr("Export the diagram as PNG"), self.tr("PNG pictures (*.png)")
        self._export(_Format(".png", title, kinds, png_steps))

    def export_pdf(self) -> None:
        """Asks where, then writes one page with the whole network."""
        from cnnstudio.ui.diagram.formats import pdf_steps

        title, kinds = self.tr("Export the diagram as PDF"), self.tr("PDF documents (*.pdf)")
        self._export(_Format(".pdf", title, kinds, pdf_steps))

    def print(self) -> None:
        """Asks for a printer, then prints the whole network on one page."""
        try:
            from cnnstudio.ui.diagram.printing import new_printer
        except ImportError as error:  # Qt's library for printers needs more than a bare system has
            text = self.tr(
                "Qt’s printing does not load ({reason}): export the diagram as PDF and print that."
            )
            self.failed.emit(text.format(reason=error))
            return
        from cnnstudio.ui.diagram.sheet import diagram_of

        diagram = diagram_of(self._store.inference, self._folded())
        printer = new_printer(diagram)
        self.dialogs.print(self.tr("Print the diagram"), printer, lambda: self._print(printer, diagram))

    def _print(self, printer: "QPrinter", diagram: "Diagram") -> None:
        from cnnstudio.ui.diagram.formats import page_steps

        def done(taken: object) -> None:
            if taken:
                self.told.emit(self.tr("The diagram was sent to the printer."))
                return
            name = printer.printerName() or printer.outputFileName()
            text = self.tr("{printer} did not take the diagram: see whether it is connected and ready.")
            self.failed.emit(text.format(printer=name or self.tr("The printer")))

        self._run(page_steps(printer, diagram), done, Path(printer.outputFileName()))

    def _export(self, wanted: _Format) -> None:
        def chosen(path: Path) -> None:
            path = path if path.suffix else path.with_suffix(wanted.suffix)
            told = self.tr("Exported to {path}.").format(path=path)
            steps = _steps(self._store.inference, self._folded(), wanted, path)
            self._run(steps, lambda _: self.told.emit(told), path)

        folder = self._store.path.parent if self._store.path else Path.home()
        suggested = folder / f"{file_stem(self._store.document)}{wanted.suffix}"
        self.dialogs.save_file(wanted.title, wanted.kinds, suggested, chosen)

    def _run(self, steps: Steps[object], done: Callable[[object], None], path: Path) -> None:
        if self.busy:
            text = self.tr("Another diagram is still being drawn: wait for it, or cancel it.")
            self.failed.emit(text)
            return
        self._start(steps, done, path)


def _steps(inference: Inference, folded: Collection[str], wanted: _Format, path: Path) -> Steps[None]:
    from cnnstudio.ui.diagram.sheet import diagram_steps

    diagram = yield from diagram_steps(inference, folded)
    data = yield from wanted.make(diagram)
    yield Elsewhere(partial(write_bytes, path, data))
