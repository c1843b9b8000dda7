"""The garbage collector leaves alone what stays for good."""

import gc
import time

from cnnstudio.ui.main_window import MainWindow
from cnnstudio.ui.start import settle


def test_a_full_collection_is_short_once_the_window_has_settled(window: MainWindow) -> None:
    window.load_preset("resnet50")
    gc.collect()
    try:
        settle()
        assert gc.get_freeze_count() > 50_000
        begin = time.thread_time()
        gc.collect()
        assert time.thread_time() - begin < 0.02
    finally:
        gc.unfreeze()
