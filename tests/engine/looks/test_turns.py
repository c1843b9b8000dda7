"""A person's look goes before a search that never pauses."""

import threading
import time

from cnnstudio.engine.looks.turns import Turns


def test_who_looks_at_one_picture_goes_before_a_search() -> None:
    turns, order, stop = Turns(), list[str](), threading.Event()

    def search() -> None:
        while not stop.is_set():
            with turns.turn(patient=True):
                order.append("search")
                time.sleep(0.002)

    thread = threading.Thread(target=search)
    thread.start()
    try:
        for _ in range(20):
            while order[-1:] != ["search"]:
                time.sleep(0.0005)
            before = len(order)
            with turns.turn():
                order.append("person")
            assert len(order) - before <= 2, "at most the batch that is under way comes first"
            time.sleep(0.003)
    finally:
        stop.set()
        thread.join()
    assert order.count("search") > 20, "and the search goes on"


def test_nobody_has_two_turns_at_once() -> None:
    turns, inside, most = Turns(), [0], [0]

    def work(patient: bool) -> None:
        for _ in range(50):
            with turns.turn(patient=patient):
                inside[0] += 1
                most[0] = max(most[0], inside[0])
                time.sleep(0)
                inside[0] -= 1

    threads = [threading.Thread(target=work, args=(number % 2 == 0,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1]
    try:
        with turns.turn():
            raise ValueError
    except ValueError:
        pass
    with turns.turn(patient=True):
        assert True, "a look that fails gives its turn back"
