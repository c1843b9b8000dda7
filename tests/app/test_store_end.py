"""A store that goes away takes its commands along in an order that neither Python nor Qt crashes on."""

import os
import subprocess
import sys

SCRIPT = """
import gc
import random

from PySide6.QtWidgets import QApplication, QWidget

import cnnstudio.blocks
from cnnstudio.app.store import DocumentStore
from cnnstudio.core.document import Place
from cnnstudio.core.edits import insert, node
from cnnstudio.core.registry import block_type

app = QApplication([])
gc.disable()
chance = random.Random(1).random


def edited_store(in_a_cycle):
    parent = QWidget() if chance() < 0.3 else None
    store = DocumentStore(parent)
    if chance() < 0.3:
        store.documentChanged.connect(lambda document: store.selection)
    if in_a_cycle:
        store.itself, store.owner = store, parent
    for _ in range(4):
        document = insert(store.document, Place(None, 0, 0), [node(block_type("ReLU")())])
        store.apply("Insert", document, merge_key="key" if chance() < 0.4 else None)
        if chance() < 0.3:
            store.undo()
        if chance() < 0.2:
            gc.collect(0)


for number in range(200):
    edited_store(in_a_cycle=number % 2 == 0)
    if chance() < 0.3:
        gc.collect()
gc.collect()
"""


def test_stores_end_without_a_crash() -> None:
    ended = subprocess.run([sys.executable, "-c", SCRIPT], env=os.environ, capture_output=True, check=False)

    assert ended.returncode == 0, ended.stderr.decode()
