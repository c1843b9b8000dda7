"""Data sets: one list, one way to read them, one way to fetch them.

Importing this package loads neither numpy nor Pillow nor torch; reading images loads numpy.
"""

from __future__ import annotations

from cnnstudio.workspace.datasets.catalogue import CATALOGUE, DATASET_IDS, dataset
from cnnstudio.workspace.datasets.downloading import download
from cnnstudio.workspace.datasets.folder import describe_folder
from cnnstudio.workspace.datasets.info import Dataset, DatasetInfo, Split
from cnnstudio.workspace.datasets.reading import load
from cnnstudio.workspace.datasets.stored import Presence, is_present, presence
from cnnstudio.workspace.errors import Cancelled, DatasetError
from cnnstudio.workspace.progress import Progress

__all__ = [
    "CATALOGUE",
    "DATASET_IDS",
    "Cancelled",
    "Dataset",
    "DatasetError",
    "DatasetInfo",
    "Presence",
    "Progress",
    "Split",
    "dataset",
    "describe_folder",
    "download",
    "is_present",
    "load",
    "presence",
]
