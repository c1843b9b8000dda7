"""Which composites of a network were collapsed when it was open last, in `folded.json` of the config folder.

The file format describes networks, not how somebody looked at them, so this lies beside the settings. A
network goes by a key (its path, or its name where it is a preset), a composite by its place in the file.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from cnnstudio.workspace import paths
from cnnstudio.workspace.json_file import read_object, write_object

LIMIT = 100
"""So many networks are remembered, those of last time first."""
MOST_PLACES = 2_000
"""In one network."""


def recall_folded(key: str) -> frozenset[str]:
    """The places (`body[3].branches[0][1]`) of the collapsed composites; never raises."""
    return frozenset(_read().get(key, ()))


def remember_folded(key: str, places: Collection[str]) -> None:
    """Keep the places; none forgets the network. A disk that refuses is no reason to trouble anyone."""
    known = _read()
    if known.get(key, []) == sorted(places)[:MOST_PLACES]:
        return
    others = {other: found for other, found in known.items() if other != key}
    latest = {key: sorted(places)[:MOST_PLACES]} if places else {}
    kept = dict(list({**latest, **others}.items())[:LIMIT])
    try:
        write_object(_path(), {"networks": kept}, durable=False)
    except OSError:
        return


def _read() -> dict[str, list[str]]:
    networks = (read_object(_path()) or {}).get("networks")
    if not isinstance(networks, dict):
        return {}
    return {
        key: [p for p in found if isinstance(p, str)]
        for key, found in networks.items()
        if isinstance(found, list)
    }


def _path() -> Path:
    return paths.config_dir() / "folded.json"
