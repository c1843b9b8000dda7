import io
import threading

from cnnstudio.core.messages import Step
from cnnstudio.core.requests import Answer
from cnnstudio.core.wire import read_frame
from cnnstudio.engine import outbox
from cnnstudio.engine.outbox import Outbox


def step(number: int) -> Step:
    return Step(1, number, 0.5, 0.5, 0.1, 4, 1.0)


class Slow(io.BytesIO):
    """A pipe whose reader is busy."""

    def __init__(self) -> None:
        super().__init__()
        self.may_write = threading.Event()

    def write(self, data: object) -> int:
        self.may_write.wait()
        return super().write(data)  # type: ignore[arg-type]


def frames(stream: io.BytesIO) -> list[tuple[Answer, ...]]:
    stream.seek(0)
    found = []
    while (batch := read_frame(stream)) is not None:
        assert isinstance(batch, tuple)
        found.append(batch)
    return found


def test_thousands_of_messages_are_a_few_frames_in_order() -> None:
    stream = io.BytesIO()
    box = Outbox(stream)
    for number in range(5000):
        box.post(3, step(number))
    box.close()
    batches = frames(stream)
    assert len(batches) < 50
    assert [answer.message for batch in batches for answer in batch] == [step(n) for n in range(5000)]


def test_a_slow_reader_keeps_nobody_waiting() -> None:
    stream = Slow()
    box = Outbox(stream)
    for number in range(1000):
        box.post(1, step(number))  # or this would wait for ever
    stream.may_write.set()
    box.close()
    assert sum(map(len, frames(stream))) == 1000


def test_only_steps_are_ever_left_out() -> None:
    waiting = [Answer(1, step(number) if number % 3 else "epoch") for number in range(300)]  # type: ignore[arg-type]
    kept = outbox._thinned(waiting)
    assert sum(answer.message == "epoch" for answer in kept) == 100
    assert len(kept) == 200


def test_a_reader_that_is_gone_is_no_error() -> None:
    stream = io.BytesIO()
    box = Outbox(stream)
    stream.close()
    box.post(1, step(1))
    box.close()
