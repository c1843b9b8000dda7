"""Who looks at a training while it goes on: other threads, the watch over its health, and what it keeps."""

from __future__ import annotations

from cnnstudio.codegen import Generated
from cnnstudio.engine.looks.health import Take, Watch
from cnnstudio.engine.looks.live import Live
from cnnstudio.engine.looks.snapshots import Snapshots
from cnnstudio.engine.meter import Clock, Meter
from cnnstudio.engine.prepare import Emit, Prepared
from cnnstudio.engine.step import Stepper


class Onlookers:
    """Of one training. Where several processes train together only the one that leads has any."""

    def __init__(
        self,
        prepared: Prepared,
        generated: Generated,
        stepper: Stepper,
        emit: Emit,
        *,
        leads: bool,
        hooks: bool,
    ) -> None:
        self.live = Live(prepared, stepper.module)
        self._is_new = prepared.checkpoint is None
        self._snapshots = Snapshots(prepared, generated, stepper.module) if leads else None
        self._watch = Watch(prepared, generated, stepper, emit, hooks=hooks) if leads else None

    def begin(self) -> None:
        """Before the first step."""
        if self._snapshots is not None and self._is_new:
            self._snapshots.begin()

    def keep(self, epoch: int) -> None:
        """An epoch has ended and its checkpoint lies on the disk."""
        if self._snapshots is not None:
            self._snapshots.keep(epoch)

    def watched(self, steps: int, epoch: int) -> dict[int, int]:
        """Which steps of an epoch of so many are looked at, from 0, and as which epoch.

        The first one of all is epoch 0's; the last batch may be a small one.
        """
        if self._watch is None:
            return {}
        return {**({0: 0} if epoch == 1 else {}), max(0, steps - 2): epoch}

    def taker(self, take: Take, meter: Meter, place: tuple[int, int], clock: Clock) -> Take:
        """How the step that is looked at is taken: as ever where a look would take too long.

        ``place`` is its epoch and its number in the run.
        """
        watch, seconds = self._watch, clock.seconds()
        epoch, step = place
        if watch is None or not watch.can_afford(epoch, seconds):
            return take
        return watch.taker(take, (epoch, step, meter.lr, seconds))
