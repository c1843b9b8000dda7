"""The inspector of what is no block: the input, the output, the network."""

from typing import Any

from PySide6.QtCore import QCoreApplication, Slot
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from cnnstudio.app.store import DocumentStore
from cnnstudio.core import edits
from cnnstudio.core.document import InputSize
from cnnstudio.core.fields import FieldSpec, Value
from cnnstudio.core.fileformat import MAX_CLASSES, MAX_SIDE
from cnnstudio.core.quantity import byte_text, grouped
from cnnstudio.core.shape import BYTES_PER_VALUE
from cnnstudio.ui.build.fact_view import FactView, heading
from cnnstudio.ui.build.facts import Fact, network_facts
from cnnstudio.ui.build.field_form import FieldForm
from cnnstudio.ui.build.fix_buttons import ProblemBox
from cnnstudio.ui.build.page_parts import PageHead
from cnnstudio.ui.build.say import problem_sentence, shape
from cnnstudio.ui.widgets.spin import LineEdit, TextBox

_tr = QCoreApplication.translate


def _whole(name: str, label: str, text: str, most: int) -> FieldSpec:
    return FieldSpec(name, "whole", label, text, default=1, minimum=1, maximum=most)


class Page(QWidget):
    """A column of parts with the margins of the inspector."""

    def __init__(self, store: DocumentStore, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(14, 12, 14, 14)
        self._column.setSpacing(9)

    def _fill(self, *parts: QWidget) -> None:
        for part in parts:
            self._column.addWidget(part)
        self._column.addStretch(1)


class InputPage(Page):
    """Height, width and channels of the images."""

    def __init__(self, store: DocumentStore, parent: QWidget | None = None) -> None:
        super().__init__(store, parent)
        head = PageHead(
            self.tr("Input"), self.tr("The images that go in; a data set is resized to them."), self
        )
        side = self.tr("In pixels.")
        self.form = FieldForm(
            (
                _whole("height", self.tr("Height"), side, MAX_SIDE),
                _whole("width", self.tr("Width"), side, MAX_SIDE),
                _whole("channels", self.tr("Channels"), self.tr("1 for greyscale, 3 for colour."), MAX_SIDE),
            ),
            self._change,
            store.end_session,
            self,
        )
        self.facts = FactView(self)
        self._fill(head, self.form, self.facts)

    @Slot()
    def refresh(self) -> None:
        """Shows the document as it is now."""
        size = self._store.document.input
        self.form.show_values({"height": size.height, "width": size.width, "channels": size.channels})
        values = size.height * size.width * size.channels
        memory = byte_text(values * BYTES_PER_VALUE)
        lines = (
            f"{size.height}·{size.width}·{size.channels} = <b>{grouped(values)}</b>",
            self.tr("<b>{size}</b>/image as float32").format(size=memory),
        )
        self.facts.show_facts([Fact("output", self.tr("Values"), lines)])

    def _change(self, name: str, value: Value) -> None:
        size = self._store.document.input
        values: dict[str, Any] = {"height": size.height, "width": size.width, "channels": size.channels}
        document = edits.set_input(self._store.document, InputSize(**{**values, name: value}))
        self._store.apply(self.tr("Change the input"), document, merge_key=f"input.{name}")


class OutputPage(Page):
    """The number of classes."""

    def __init__(self, store: DocumentStore, parent: QWidget | None = None) -> None:
        super().__init__(store, parent)
        text = self.tr("One number (logit) for each class goes into the cross-entropy loss.")
        head = PageHead(self.tr("Output"), text, self)
        hint = self.tr("How many classes there are to tell apart.")
        self.form = FieldForm(
            (_whole("classes", self.tr("Classes"), hint, MAX_CLASSES),), self._change, store.end_session, self
        )
        self.problem = ProblemBox(store, self, narrow=True)
        self._note = QLabel(self.tr("The last Linear layer follows when the number changes."), self)
        self._note.setProperty("role", "small")
        self._note.setWordWrap(True)
        self.facts = FactView(self)
        self._fill(head, self.problem, self.form, self._note, self.facts)

    @Slot()
    def refresh(self) -> None:
        """Shows the document as it is now."""
        self.form.show_values({"classes": self._store.document.classes})
        problem = next((p for p in self._store.inference.problems if p.node is None), None)
        self.problem.setVisible(problem is not None)
        if problem is not None:
            self.problem.show_problem(problem, problem_sentence(problem, ""))
        leaving = (f"<b>{shape(self._store.inference.body.output)}</b>",)
        self.facts.show_facts([Fact("output", self.tr("What arrives"), leaving)])

    def _change(self, name: str, value: Value) -> None:
        document = edits.set_classes(self._store.document, int(value or 1))  # type: ignore[arg-type]
        self._store.apply(self.tr("Change the classes"), document, merge_key="classes")


class NetworkPage(Page):
    """Name, summary and source of the document, and its totals."""

    def __init__(self, store: DocumentStore, parent: QWidget | None = None) -> None:
        super().__init__(store, parent)
        self.name = LineEdit(self)
        self.name.setObjectName("documentName")
        self.name.setAccessibleName(self.tr("Name of the network"))
        self.name.setProperty("role", "quiet")
        self.name.setMaxLength(200)
        self.summary = self._text("documentSummary", self.tr("Summary"), self.tr("What is it for?"))
        self.source = self._text("documentSource", self.tr("Source"), self.tr("A paper or tutorial"))
        self.facts = FactView(self)
        self._fill(
            self.name,
            heading(self.tr("Summary"), self),
            self.summary,
            heading(self.tr("Source"), self),
            self.source,
            self.facts,
        )
        self.name.textEdited.connect(self._on_name)
        self.name.editingFinished.connect(self._on_name_left)
        self.summary.textChanged.connect(self._on_summary)
        self.source.textChanged.connect(self._on_source)

    def _text(self, name: str, label: str, placeholder: str) -> TextBox:
        field = TextBox(self)
        field.setObjectName(name)
        field.setAccessibleName(label)
        field.setPlaceholderText(placeholder)
        return field

    @Slot()
    def refresh(self) -> None:
        """Shows the document as it is now."""
        document = self._store.document
        if self.name.text() != document.name:
            self._show_name(document.name)
        for field, text in ((self.summary, document.summary), (self.source, document.source)):
            if field.toPlainText() != text:
                blocked = field.blockSignals(True)
                field.setPlainText(text)
                field.moveCursor(QTextCursor.MoveOperation.End)
                if not field.hasFocus():  # nobody writes: it is to be read from the beginning
                    field.verticalScrollBar().setValue(0)
                field.blockSignals(blocked)
        self.facts.show_facts(network_facts(self._store.inference))

    @Slot(str)
    def _on_name(self, text: str) -> None:
        # An empty name cannot be saved; the field keeps what is typed until there is one.
        if text.strip():
            self._put("name", text)

    @Slot()
    def _on_name_left(self) -> None:
        """What a field without words would hide: the network has a name all the same."""
        self._store.end_session()
        self._show_name(self._store.document.name)

    def _show_name(self, name: str) -> None:
        self.name.setText(name)
        self.name.setToolTip(name)
        if not self.name.hasFocus():  # nobody writes: it is to be read from the beginning
            self.name.setCursorPosition(0)

    @Slot()
    def _on_summary(self) -> None:
        self._put("summary", self.summary.toPlainText())

    @Slot()
    def _on_source(self) -> None:
        self._put("source", self.source.toPlainText())

    def _put(self, attribute: str, text: str) -> None:
        document = self._store.document
        if getattr(document, attribute) != text:
            changed = document.changed(**{attribute: text})
            self._store.apply(self.tr("Describe the network"), changed, merge_key=attribute)
