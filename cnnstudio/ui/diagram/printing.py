"""The printer for a diagram; apart, because Qt's library for printers is loaded only when one prints."""

from PySide6.QtPrintSupport import QPrinter

from cnnstudio.ui.diagram.formats import set_page
from cnnstudio.ui.diagram.sheet import Diagram


def new_printer(diagram: Diagram) -> QPrinter:
    """The usual printer at its finest, with the page turned as the diagram fills it better."""
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setDocName(diagram.caption.title)
    printer.setCreator("CNN Studio")
    set_page(printer, diagram)
    return printer
