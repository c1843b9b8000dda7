"""The inspector of several blocks: what they have in common, what they cost together, what can be done."""

from functools import partial

from PySide6.QtCore import Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QPushButton, QVBoxLayout, QWidget

from cnnstudio.app.store import DocumentStore
from cnnstudio.core.block import Block
from cnnstudio.core.document import Node
from cnnstudio.core.fields import Value
from cnnstudio.core.quantity import grouped
from cnnstudio.ui.build.block_actions import BlockActions
from cnnstudio.ui.build.commands import blocks_in, change_blocks, nodes_in, topmost
from cnnstudio.ui.build.fact_view import FactView
from cnnstudio.ui.build.facts import Fact
from cnnstudio.ui.build.field_form import FieldForm
from cnnstudio.ui.build.network_pages import Page
from cnnstudio.ui.build.occurrences import usual_reports
from cnnstudio.ui.build.page_parts import PageHead
from cnnstudio.ui.build.say import block_title
from cnnstudio.ui.widgets.flow import FlowLayout


class ActionButtons(QWidget):
    """What can be done with all of them at once, as buttons."""

    def __init__(self, actions: BlockActions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        # A layout in a layout: a widget's own is not asked for its height by the column around.
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        flow = FlowLayout(spacing=6)
        column.addLayout(flow)
        wrap = self._button("manyWrapButton", self.tr("Wrap in …"))
        menu = QMenu(self)
        menu.setObjectName("manyWrapMenu")
        menu.addActions(actions.wraps)
        wrap.setMenu(menu)
        flow.addWidget(wrap)
        self._bypass, self._action = QPushButton(), actions.bypass
        for action in (actions.duplicate, actions.bypass, actions.reset, actions.delete):
            name = action.objectName().removesuffix("Action")
            button = self._button(f"many{name[:1].upper()}{name[1:]}Button", action.text())
            button.clicked.connect(partial(_trigger, action))
            button.setCheckable(action.isCheckable())
            flow.addWidget(button)
            if action is actions.bypass:
                self._bypass = button

    def _button(self, name: str, text: str) -> QPushButton:
        button = QPushButton(text, self)
        button.setObjectName(name)
        button.setAccessibleName(text)
        button.setProperty("role", "small")
        return button

    def refresh(self) -> None:
        """Shows whether all of them are bypassed."""
        self._bypass.setChecked(self._action.isChecked())


def _trigger(action: QAction, _checked: bool = False) -> None:
    action.trigger()


class ManyPage(Page):
    """Several blocks; where they are of one type, their parameters too."""

    def __init__(
        self,
        store: DocumentStore,
        actions: BlockActions,
        kind: type[Block] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(store, parent)
        self.kind = kind
        fields = kind.fields() if kind is not None else ()
        text = self.tr("What is changed here is changed in all of them.") if fields else ""
        self.head = PageHead("", text, self)
        self.form = FieldForm(fields, self._change, store.end_session, self, resets=True)
        self.form.setVisible(bool(fields))
        self.buttons = ActionButtons(actions, self)
        self.facts = FactView(self)
        self._fill(self.head, self.form, self.buttons, self.facts)

    @Slot()
    def refresh(self) -> None:
        """Shows the selection as it is now."""
        chosen = nodes_in(self._store)
        if self.kind is None:
            title = self.tr("{count} blocks").format(count=len(chosen))
        else:
            title = self.tr("{count} × {block}").format(count=len(chosen), block=block_title(self.kind))
            self._show_values(chosen)
        self.head.title.setText(title)
        self.buttons.refresh()
        self.facts.show_facts([self._together()])

    def _show_values(self, chosen: tuple[Node, ...]) -> None:
        blocks = [node.block for node in chosen]
        values = {name: getattr(blocks[0], name) for name in self.form.editors}
        mixed = {name for name in values if any(getattr(b, name) != values[name] for b in blocks)}
        self.form.show_values(values, mixed=mixed)

    def _together(self) -> Fact:
        reports = usual_reports(self._store.inference, topmost(self._store))
        params, macs = sum(r.params for r in reports), sum(r.macs for r in reports)
        lines = (
            self.tr("<b>{count}</b> parameters").format(count=grouped(params)),
            self.tr("<b>{count}</b> MACs").format(count=grouped(macs)),
        )
        return Fact("cost", self.tr("Together"), lines)

    def _change(self, name: str, value: Value) -> None:
        change_blocks(self._store, blocks_in(self._store), name, value)
