"""The inspector of one block: parameters, how its shape comes about, costs, code."""

from collections.abc import Mapping
from functools import partial
from html import escape

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from cnnstudio.app.store import DocumentStore
from cnnstudio.core import edits
from cnnstudio.core.block import Block, Layer
from cnnstudio.core.fields import Value
from cnnstudio.core.infer import Report
from cnnstudio.ui.build.branch_editor import BranchEditor
from cnnstudio.ui.build.code_model import CodeModel
from cnnstudio.ui.build.commands import bypass_selection, reset_selection
from cnnstudio.ui.build.fact_view import FactView
from cnnstudio.ui.build.facts import Fact, block_facts, repeated_fact
from cnnstudio.ui.build.field_form import FieldForm
from cnnstudio.ui.build.fix_buttons import ProblemBox
from cnnstudio.ui.build.occurrences import Found, find_occurrences, repetitions
from cnnstudio.ui.build.page_parts import BypassBox, ExplainButton, FirstSwitch, PageHead, ResetAll
from cnnstudio.ui.build.say import block_help, block_title, problem_sentence
from cnnstudio.ui.build.what_if import what_if_fact, what_ifs
from cnnstudio.ui.build.words import value_text


class BlockPage(QWidget):
    """Shows and edits any block of one type."""

    def __init__(
        self, store: DocumentStore, code: CodeModel, kind: type[Block], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._store = store
        self._code = code
        self.kind = kind
        self._id = ""
        self.head = PageHead(block_title(kind), block_help(kind), self)
        self.bypass = BypassBox(self.head)
        self.explain = ExplainButton(self.head)
        self.head.add(self.explain)
        self.head.add(self.bypass)
        self.problem = ProblemBox(store, self, narrow=True)
        self.problem.setObjectName("inspectorProblem")
        self.problem.before = self.explain
        self.first = FirstSwitch(self)
        self.form = FieldForm(kind.fields(), self._change, store.end_session, self, resets=True)
        self.reset = ResetAll(self)
        self.branches = BranchEditor(store, self)
        self.facts = FactView(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 12, 14, 14)
        column.setSpacing(9)
        for part in (self.head, self.problem, self.first, self.form, self.reset, self.branches, self.facts):
            column.addWidget(part)
        column.setAlignment(self.reset, Qt.AlignmentFlag.AlignLeft)
        column.addStretch(1)
        self.form.setVisible(bool(kind.fields()))
        self.bypass.clicked.connect(self._set_bypass)
        self.reset.clicked.connect(partial(reset_selection, store))
        self.first.modeChanged.connect(self.refresh)
        code.changed.connect(self._on_code)
        self.facts.offerTaken.connect(self._try)
        self.first.onlyFirstChanged.connect(self._set_only_first)
        self.first.sameAgain.connect(self._forget_first)

    def show_block(self, block_id: str) -> None:
        """Shows another block of this type."""
        if block_id != self._id:
            self._id = block_id
            self.form.forget_errors()
            self.first.show_first(False)
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Shows the block as it is in the document now."""
        found = find_occurrences(self._store.inference, self._id)
        if found is None or type(found.occurrences[0].node.block) is not self.kind:
            return
        first = self.first.first and found.repeated
        node = found.occurrences[0].node
        block = node.effective(first)
        own = [name for name in self.form.editors if getattr(block, name) != getattr(node.block, name)]
        self.first.show_state(found.repeated, node.only_first, node.first is not None)
        self.form.show_values({name: getattr(block, name) for name in self.form.editors}, own)
        self.reset.setVisible(node.first is not None or node.block != self.kind())
        self.branches.show_node(node)
        self.bypass.setChecked(node.disabled)
        self._show_problem()
        report = found.occurrences[0 if first or node.only_first else -1]
        self._hint(report)
        code = () if found.bypassed else self._code_fact(report)
        spans = repetitions(self._store.inference, found)
        tries = () if found.bypassed else what_if_fact(report)
        facts = block_facts(found, first or node.only_first)
        self.facts.show_facts((*facts, *repeated_fact(spans), *tries, *code))

    @Slot()
    def _on_code(self) -> None:
        if self.isVisible():
            self.refresh()

    def _show_problem(self) -> None:
        problem = next((p for p in self._store.inference.problems if p.node == self._id), None)
        self.problem.setVisible(problem is not None)
        if problem is not None:
            self.problem.show_problem(problem, problem_sentence(problem, block_title(self.kind)))

    def _code_fact(self, report: Report) -> tuple[Fact, ...]:
        if report.input is None or report.output is None or report.fault is not None or report.rounds:
            return ()
        text = self._code.constructor(report)
        self._code.want()
        return (Fact("code", self.tr("Code"), (escape(text),)),) if text else ()

    def _hint(self, report: Report) -> None:
        """Padding that keeps height and width is called what torch calls it: same."""
        editor = self.form.editors.get("padding")
        if editor is not None:
            block = report.block
            same = block.same_padding() if isinstance(block, Layer) else None
            kept = bool(same) and same == getattr(block, "padding", None)
            editor.set_hint(self.tr("same") if kept else "")
            offer = self.tr("same: {value}").format(value=value_text(same)) if same and not kept else ""
            self.form.offer("padding", offer, same)

    def _change(self, name: str, value: Value) -> None:
        self._change_values({name: value}, merge=name)

    def _change_values(self, values: Mapping[str, Value], merge: str = "") -> None:
        """One step back; of consecutive changes of one parameter, one together."""
        document, node_id = self._store.document, self._id
        text = self.tr("Change {block}").format(block=block_title(self.kind))
        if self.first.first:
            found = find_occurrences(self._store.inference, node_id)
            if found is None:
                return
            after = edits.change_first(document, node_id, **{**_own_values(found), **values})
            merge = f"first.{merge}" if merge else ""
        else:
            after = edits.change(document, node_id, **values)
        self._store.apply(text, after, merge_key=f"{node_id}.{merge}" if merge else None)

    @Slot(str, int)
    def _try(self, _fact: str, number: int) -> None:
        """Takes one of the suggestions, as it is for the document now."""
        found = find_occurrences(self._store.inference, self._id)
        if found is None:
            return
        first = self.first.first or found.occurrences[0].node.only_first
        offered = what_ifs(found.occurrences[0 if first else -1])
        if number < len(offered):
            self._change_values(offered[number].values)

    @Slot(bool)
    def _set_only_first(self, only: bool) -> None:
        text = self.tr("Change {block}").format(block=block_title(self.kind))
        self._store.apply(text, edits.set_only_first(self._store.document, self._id, only))

    @Slot(bool)
    def _set_bypass(self, bypass: bool) -> None:
        bypass_selection(self._store, bypass)

    @Slot()
    def _forget_first(self) -> None:
        text = self.tr("Change {block}").format(block=block_title(self.kind))
        self._store.apply(text, edits.change_first(self._store.document, self._id))


def _own_values(found: Found) -> dict[str, Value]:
    """The parameters that the first repetition has of its own."""
    node = found.occurrences[0].node
    if node.first is None:
        return {}
    names = type(node.block).model_fields
    return {n: getattr(node.first, n) for n in names if getattr(node.first, n) != getattr(node.block, n)}
