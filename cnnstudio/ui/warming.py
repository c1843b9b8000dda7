"""Loads what is asked for later, a module at a time, while nobody waits for it."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from PySide6.QtCore import QObject, QTimer, Slot

from cnnstudio.app.steps import StepRunner, Steps

_AFTER_MS = 1500
"""The engine starts first, and whoever opens the program has a first thing to do."""


class Warming(QObject):
    """Loads the modules of packages: the first press on a workspace does not wait for them."""

    def __init__(self, packages: tuple[str, ...], parent: QObject) -> None:
        super().__init__(parent)
        self._packages = packages
        self._runner = StepRunner(self)
        self._later = QTimer(self, interval=_AFTER_MS, singleShot=True)
        self._later.timeout.connect(self._begin)

    def begin_soon(self) -> None:
        """Begins in a moment."""
        self._later.start()

    def shutdown(self) -> None:
        """Loads nothing more."""
        self._later.stop()
        self._runner.shutdown()

    @Slot()
    def _begin(self) -> None:
        if not self._runner.busy:
            self._runner.start(_loading(self._packages))


def _loading(packages: tuple[str, ...]) -> Steps[None]:
    for package in packages:
        for module in iter_modules(import_module(package).__path__):
            import_module(f"{package}.{module.name}")
            yield 0.0
