"""What differs between two runs: settings and architecture, the left one's values beside the right one's."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QFrame, QLabel, QTabWidget, QVBoxLayout, QWidget

from cnnstudio.app.run_details import Comparison
from cnnstudio.core.difference import Difference, FieldChange, NodeDifference, StackDifference
from cnnstudio.core.document import Node, walk
from cnnstudio.core.quantity import grouped, short
from cnnstudio.ui.build.say import block_name, block_title, details, stack_label
from cnnstudio.ui.runs.fact_tree import ADDED, CHANGED, MUTED, OTHER, PLAIN, REMOVED, FactTree, Item
from cnnstudio.ui.runs.words import value_text
from cnnstudio.ui.said import word

_tr = QCoreApplication.translate


class DifferencePage(QWidget):
    """Two runs beside each other."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = QLabel(self)
        self.title.setObjectName("differenceTitle")
        self.title.setTextFormat(Qt.TextFormat.RichText)
        self.title.setWordWrap(True)
        self.summary = QLabel(self)
        self.summary.setObjectName("differenceSummary")
        self.summary.setProperty("role", "small")
        self.summary.setWordWrap(True)
        titles = (self.tr("Setting"), self.tr("left"), self.tr("right"))
        self.settings = FactTree("differenceSettings", titles, self)
        self.settings.setAccessibleName(self.tr("Settings that differ"))
        self.settings.set_widths(150, 96)
        titles = (self.tr("Block"), self.tr("left"), self.tr("right"))
        self.blocks = FactTree("differenceBlocks", titles, self)
        self.blocks.setAccessibleName(self.tr("Blocks that differ"))
        self.blocks.set_widths(190, 76)
        self.tabs = QTabWidget(self)
        self.tabs.setObjectName("differenceTabs")
        self.tabs.setDocumentMode(True)
        self.tabs.addTab(self.settings, "")
        self.tabs.addTab(self.blocks, "")
        head = QFrame(self)
        box = QVBoxLayout(head)
        box.setContentsMargins(13, 11, 13, 4)
        box.setSpacing(3)
        box.addWidget(self.title)
        box.addWidget(self.summary)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(head)
        column.addWidget(self.tabs, 1)
        self._name_tabs(None, None)

    def show_names(self, left: str, right: str) -> None:
        """The titles of the two, with the colours of their curves (rich text)."""
        self.title.setText(f"{left}<br>{right}")
        self.title.setAccessibleName(self.tr("Left and right"))

    def clear(self) -> None:
        """What differs is being worked out."""
        self.summary.setText(self.tr("Comparing …"))
        self.settings.clear()
        self.blocks.clear()
        self._name_tabs(None, None)

    def show_comparison(self, found: Comparison) -> None:
        """What differs."""
        changed = found.architecture
        blocks = sum(1 for _ in changed.changes()) if changed else None
        self._name_tabs(len(found.settings), blocks)
        self.summary.setText(found.problem or self._totals(found))
        self._fill_settings(found)
        self.blocks.clear()
        if changed is None:
            self.blocks.add((self.tr("One of the networks cannot be read."),), MUTED)
        else:
            BlockRows(self.blocks, found.left.places, found.right.places).fill(changed, found)
        # First what there is something to read in.
        if not found.settings and blocks:
            self.tabs.setCurrentWidget(self.blocks)

    def _totals(self, found: Comparison) -> str:
        left, right = found.left, found.right
        if found.architecture is not None and found.architecture.empty:
            return self.tr("The same network, {params} parameters, {macs} MACs.").format(
                params=grouped(left.params), macs=short(left.macs)
            )
        text = self.tr(
            "{left} → {right} parameters ({change}), {left_macs} → {right_macs} MACs ({change_macs})"
        )
        return text.format(
            left=short(left.params),
            right=short(right.params),
            change=_share(left.params, right.params),
            left_macs=short(left.macs),
            right_macs=short(right.macs),
            change_macs=_share(left.macs, right.macs),
        )

    def _name_tabs(self, settings: int | None, blocks: int | None) -> None:
        for number, (name, count) in enumerate(
            ((self.tr("Settings"), settings), (self.tr("Architecture"), blocks))
        ):
            self.tabs.setTabText(number, name if count is None else f"{name} ({count})")

    def _fill_settings(self, found: Comparison) -> None:
        self.settings.clear()
        headings: dict[str, Item] = {}
        for change in found.settings:
            group = word(change.group) if change.group else self.tr("Settings")
            heading = headings.get(group) or self.settings.heading(group)
            headings[group] = heading
            texts = (word(change.label), value_text(change.left), value_text(change.right))
            self.settings.add(texts, CHANGED, heading, f"{texts[0]}: {texts[1]} → {texts[2]}")
        if not found.settings:
            self.settings.add((self.tr("All settings are the same."),), MUTED)
        self.settings.expandAll()


class BlockRows:
    """Writes a difference into a tree: blocks with their titles and where they are in ``model.py``."""

    def __init__(self, tree: FactTree, left: Mapping[str, str], right: Mapping[str, str]) -> None:
        self._tree = tree
        self._left, self._right = left, right

    def fill(self, changed: Difference, found: Comparison) -> None:
        """All of it; totals first."""
        add = self._tree.add
        totals = self._tree.heading(_tr("RunDifference", "Totals"))
        for name, left, right in (
            (_tr("RunDifference", "Parameters"), found.left.params, found.right.params),
            (_tr("RunDifference", "MACs"), found.left.macs, found.right.macs),
        ):
            kind = CHANGED if left != right else PLAIN
            add((name, short(left), short(right)), kind, totals, f"{grouped(left)} → {grouped(right)}")
        if changed.fields:
            self._fields(changed.fields, self._tree.heading(_tr("RunDifference", "Input and output")))
        if changed.body.kind == "same":
            add((_tr("RunDifference", "All blocks are the same."),), MUTED)
        else:
            self._stack(changed.body, self._tree.heading(_tr("RunDifference", "Network")))
        self._tree.expandAll()

    def _stack(self, stack: StackDifference, parent: Item) -> None:
        same = 0
        for entry in stack.nodes:
            if entry.kind == "same":
                same += 1
                continue
            self._same(same, parent)
            same = 0
            self._node(entry, parent)
        self._same(same, parent)

    def _same(self, count: int, parent: Item) -> None:
        """What did not change is one line."""
        if count:
            one, many = (
                _tr("RunDifference", "1 block as before"),
                _tr("RunDifference", "{count} blocks as before"),
            )
            self._tree.add(("⋯ " + (one if count == 1 else many.format(count=count)),), MUTED, parent)

    def _node(self, entry: NodeDifference, parent: Item) -> None:
        node = entry.node
        title = block_name(node.block)
        if entry.kind == "added":
            place = self._right.get(node.id, "")
            self._tree.add((f"+ {title}", "", place), ADDED, parent, self._tip(node, "added", place))
            return
        if entry.kind == "removed":
            place = self._left.get(node.id, "")
            self._tree.add((f"− {title}", place, ""), REMOVED, parent, self._tip(node, "removed", place))
            return
        places = (self._left.get(entry.left.id, ""), self._right.get(node.id, "")) if entry.left else ("", "")
        kind = OTHER if entry.fields else PLAIN
        mark = "~ " if entry.fields else ""
        item = self._tree.add((f"{mark}{block_title(node.block)}", *places), kind, parent)
        self._fields(entry.fields, item)
        for inner in entry.stacks:
            self._inner(inner, item, alone=len(entry.stacks) == 1)

    def _inner(self, stack: StackDifference, parent: Item, alone: bool) -> None:
        if stack.kind == "same":
            return
        if alone:
            self._stack(stack, parent)
            return
        label = stack_label(stack.label)
        mark, kind = {"added": ("+ ", ADDED), "removed": ("− ", REMOVED)}.get(stack.kind, ("", PLAIN))
        self._stack(stack, self._tree.add((f"{mark}{label}",), kind, parent))

    def _fields(self, fields: tuple[FieldChange, ...], parent: Item) -> None:
        for change in fields:
            label = _tr("Block", change.label)
            if change.first:
                label = _tr("RunDifference", "{label} (first)").format(label=label)
            texts = (label, value_text(change.left), value_text(change.right))
            self._tree.add(texts, CHANGED, parent, f"{label}: {texts[1]} → {texts[2]}")

    @staticmethod
    def _tip(node: Node, what: str, place: str) -> str:
        count = sum(1 for _ in walk((node,)))
        said = _tr("RunDifference", "added") if what == "added" else _tr("RunDifference", "removed")
        parts = [block_name(node.block), details(node.block), said]
        if count > 1:
            parts.append(_tr("RunDifference", "{count} blocks in all").format(count=count))
        return " · ".join(filter(None, (*parts, place)))


def _share(left: int, right: int) -> str:
    """``+12 %``."""
    if not left:
        return "–"
    share = 100 * (right - left) / left
    return f"{share:+.3g} %".replace("-", "−") if right != left else "±0"
