"""Takes the network away as a picture: asks where, writes it whole or not at all, says how it went."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from cnnstudio.app.store import DocumentStore
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
    make: Callable[["Diagram"], bytes]


class DiagramExport(QObject):
    """SVG, PNG, PDF and paper; ``folded`` tells which composites the canvas shows collapsed."""

    failed = Signal(str)
    told = Signal(str)

    def __init__(
        self, store: DocumentStore, folded: Folded, dialogs: Dialogs, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._store = store
        self._folded = folded
        self.dialogs = dialogs

    def export_svg(self) -> None:
        """Asks where, then writes a picture that can be edited and never blurs."""
        from cnnstudio.ui.diagram.formats import svg_bytes

        title, kinds = self.tr("Export the diagram as SVG"), self.tr("SVG pictures (*.svg)")
        self._export(_Format(".svg", title, kinds, svg_bytes))

    def export_png(self) -> None:
        """Asks where, then writes a picture at twice the size of the canvas."""
        from cnnstudio.ui.diagram.formats import png_bytes

        title, kinds = self.tr("Export the diagram as PNG"), self.tr("PNG pictures (*.png)")
        self._export(_Format(".png", title, kinds, png_bytes))

    def export_pdf(self) -> None:
        """Asks where, then writes one page with the whole network."""
        from cnnstudio.ui.diagram.formats import pdf_bytes

        title, kinds = self.tr("Export the diagram as PDF"), self.tr("PDF documents (*.pdf)")
        self._export(_Format(".pdf", title, kinds, pdf_bytes))

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
        diagram = self._diagram()
        printer = new_printer(diagram)
        self.dialogs.print(self.tr("Print the diagram"), printer, lambda: self._print(printer, diagram))

    def _print(self, printer: "QPrinter", diagram: "Diagram") -> None:
        from cnnstudio.ui.diagram.formats import paint_page

        if paint_page(printer, diagram):
            self.told.emit(self.tr("The diagram was sent to the printer."))
        else:
            name = printer.printerName() or printer.outputFileName()
            text = self.tr("{printer} did not take the diagram: see whether it is connected and ready.")
            self.failed.emit(text.format(printer=name or self.tr("The printer")))

    def _export(self, wanted: _Format) -> None:
        def chosen(path: Path) -> None:
            path = path if path.suffix else path.with_suffix(wanted.suffix)
            try:
                write_bytes(path, wanted.make(self._diagram()))
            except OSError as error:
                sentence = self.tr("{path} could not be written: {reason}.")
                self.failed.emit(sentence.format(path=path, reason=error.strerror or error))
            else:
                self.told.emit(self.tr("Exported to {path}.").format(path=path))

        folder = self._store.path.parent if self._store.path else Path.home()
        suggested = folder / f"{file_stem(self._store.document)}{wanted.suffix}"
        self.dialogs.save_file(wanted.title, wanted.kinds, suggested, chosen)

    def _diagram(self) -> "Diagram":
        from cnnstudio.ui.diagram.sheet import diagram_of

        return diagram_of(self._store.inference, self._folded())
