import io

import pytest

from cnnstudio.core.requests import Ask, Job, ListDevices, Train
from cnnstudio.core.wire import BrokenFrame, FrameReader, frame, read_frame, write_frame
from tests.engine.tiny import document


def test_what_goes_in_comes_out() -> None:
    stream = io.BytesIO()
    for ticket in (1, 2):
        write_frame(stream, Ask(ticket, ListDevices()))
    stream.seek(0)
    assert [read_frame(stream) for _ in range(3)] == [Ask(1, ListDevices()), Ask(2, ListDevices()), None]


def test_a_document_survives_the_journey() -> None:
    from cnnstudio.core.fileformat import write_document

    doc = document()
    ask = read_frame(io.BytesIO(frame(Ask(1, Train(Job(doc, limit=3))))))
    assert isinstance(ask, Ask)
    assert isinstance(ask.request, Train)
    assert ask.request.job.document is not None
    assert write_document(ask.request.job.document) == write_document(doc)


def test_pieces_of_any_size_are_put_together() -> None:
    data = b"".join(frame(number) for number in range(5))
    reader = FrameReader()
    assert [thing for byte in data for thing in reader.feed(bytes([byte]))] == [0, 1, 2, 3, 4]
    assert reader.feed(data) == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("missing", [1, 5])
def test_an_end_inside_a_frame_is_noticed(missing: int) -> None:
    data = frame("a message")
    with pytest.raises(BrokenFrame):
        read_frame(io.BytesIO(data[:-missing]))
    with pytest.raises(BrokenFrame):
        read_frame(io.BytesIO(data[:2]))
