"""What a person changes in a run is sent, however fast its epochs come."""

from pytestqt.qtbot import QtBot

from cnnstudio.app.run_history import RunHistory
from cnnstudio.core.messages import Started, Step
from cnnstudio.ui.train.now_strip import NowStrip


def test_a_new_learning_rate_is_sent_while_epochs_rush_by(qtbot: QtBot) -> None:
    strip = NowStrip()
    qtbot.addWidget(strip)
    sent: list[tuple[float | None, int | None]] = []
    strip.adjusted.connect(lambda rate, epochs: sent.append((rate, epochs)))
    history = RunHistory()
    history.hear(Started("run", "cpu", 900, 2, 4, 4, ("a", "b")))
    history.hear(Step(1, 1, 1.0, 0.5, 0.02, 2, 0.1))
    strip.rate.setValue(0.005)
    for epoch in range(2, 60):
        history.hear(Step(epoch, 2 * epoch, 1.0, 0.5, 0.02, 2, 0.1 * epoch))
        strip.show_history(history)
        qtbot.wait(20)
        if sent:
            break
    assert sent == [(0.005, None)]
    assert strip.epochs.value() == 900
