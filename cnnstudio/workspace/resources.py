"""Where the files that ship with the program lie: icons, fonts, translations, presets.

A wheel carries ``resources/`` and ``presets/`` inside the package; a checkout has them beside it.
"""

from functools import cache
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent


@cache
def _shipped(folder: str) -> Path:
    inside = _PACKAGE / folder
    if inside.is_dir():
        return inside
    checkout = _PACKAGE.parent
    beside = checkout / folder
    # Beside the package means a checkout: in site-packages a folder of that name is somebody else's.
    if beside.is_dir() and (checkout / "pyproject.toml").is_file():
        return beside
    raise FileNotFoundError(
        f"The installation is incomplete: there is no folder {folder} in {_PACKAGE}; reinstall CNN Studio."
    )


def resource_path(*parts: str) -> Path:
    """The path of a shipped resource, as in ``resource_path("icons", "play.svg")``.

    The file itself is not looked for, so a caller may ask for a translation that does not exist.

    Raises:
        FileNotFoundError: the installation has no resources at all.
    """
    return _shipped("resources").joinpath(*parts)


def presets_dir() -> Path:
    """The folder of the shipped presets, one ``ID.cnn.json`` each.

    Raises:
        FileNotFoundError: the installation has no presets at all.
    """
    return _shipped("presets")
