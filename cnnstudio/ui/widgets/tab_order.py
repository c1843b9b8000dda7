"""The order of the Tab key."""

from collections.abc import Iterable
from itertools import pairwise

from PySide6.QtWidgets import QWidget


def put_in_tab_order(widgets: Iterable[QWidget]) -> None:
    """The Tab key goes from one to the next as they are read, in whatever order they were made."""
    for one, following in pairwise(widgets):
        QWidget.setTabOrder(one, following)
