"""Leads through a tour: chooses the block and the step that each text is about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject

from cnnstudio.core.document import Document, locations
from cnnstudio.numpy_engine.trace import LOSS
from cnnstudio.ui.learn.explainer import View
from cnnstudio.workspace.tours import DONE, Tour, TourStep, recall_tour, remember_tour, tour_of

if TYPE_CHECKING:
    from cnnstudio.ui.learn.workspace import LearnWorkspace

_OFFER = -1


class Guide(QObject):
    """Offers the tour of the open network once, goes on where it was left, and can be skipped."""

    def __init__(self, workspace: LearnWorkspace) -> None:
        super().__init__(workspace)
        self._workspace = workspace
        self._strip = workspace.page.tools.tour
        self._button = workspace.page.tools.tour_button
        self._tour: Tour | None = None
        self._document: Document | None = None
        self._step = _OFFER
        self._strip.nextWanted.connect(self._next)
        self._strip.backWanted.connect(self._back)
        self._strip.skipWanted.connect(self._skip)
        workspace.page.tools.tourWanted.connect(self.start)

    @property
    def tour(self) -> Tour | None:
        """Of the open network."""
        return self._tour

    @property
    def step(self) -> int:
        """Which one is shown, from 0; below: none."""
        return self._step

    def show_document(self, document: Document) -> None:
        """Another network, which may have a tour; an edited one keeps it."""
        self._document = document
        tour = tour_of(document.name)
        if tour is self._tour:
            return
        self._tour, self._step = tour, _OFFER
        self._button.setVisible(tour is not None)
        self._strip.hide()
        if tour is None:
            return
        reached = recall_tour(tour.preset)
        if reached is None:
            self._offer(tour)
        elif reached != DONE and reached > 0:
            self._step = min(reached, len(tour.steps) - 1) - 1  # Next goes on with it
            text = self.tr("You were in the middle of the tour “{title}”: go on?")
            self._strip.offer(text.format(title=_translated(tour.title)), self.tr("Go on"))

    def start(self) -> None:
        """From the beginning."""
        if self._tour is not None:
            self._show(0)

    def _offer(self, tour: Tour) -> None:
        text = self.tr("New here? “{title}”: a short tour of this network in {count} steps.")
        self._strip.offer(
            text.format(title=_translated(tour.title), count=len(tour.steps)), self.tr("Start the tour")
        )

    def _next(self) -> None:
        if self._tour is not None and self._step + 1 < len(self._tour.steps):
            self._show(self._step + 1)
        else:
            self._skip()

    def _back(self) -> None:
        self._show(max(0, self._step - 1))

    def _skip(self) -> None:
        if self._tour is not None:
            remember_tour(self._tour.preset, DONE)
        self._step = _OFFER
        self._strip.hide()

    def _show(self, number: int) -> None:
        assert self._tour is not None
        self._step = number
        step = self._tour.steps[number]
        remember_tour(self._tour.preset, number)
        self._strip.show_step(_translated(step.text), number, len(self._tour.steps))
        self._workspace.player.pause()
        self._look(step)

    def _look(self, step: TourStep) -> None:
        if not step.block or self._document is None:
            return
        places = {place: node for node, place in locations(self._document).items()}
        node = LOSS if step.block == LOSS else places.get(step.block)
        if node is None:  # the network has been edited meanwhile
            return
        view = View(step.mode, step.step, step.output, step.channel)
        self._workspace.explain(node, view, step.tried, step.panel)


def _translated(text: str) -> str:
    return QCoreApplication.translate("Tours", text)
