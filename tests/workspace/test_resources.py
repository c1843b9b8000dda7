"""Shipped files are found in a checkout; tests/test_wheel.py asks the same of an installed wheel."""

from pathlib import Path

import pytest

from cnnstudio.workspace import resources


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty installed package in place of the real one."""
    folder = tmp_path / "site-packages" / "cnnstudio"
    folder.mkdir(parents=True)
    monkeypatch.setattr(resources, "_PACKAGE", folder)
    resources._shipped.cache_clear()
    return folder


@pytest.fixture(autouse=True)
def _forget() -> object:
    yield
    resources._shipped.cache_clear()


def test_finds_an_icon_in_this_checkout() -> None:
    assert resources.resource_path("icons", "play.svg").is_file()


def test_finds_the_presets_in_this_checkout() -> None:
    assert resources.presets_dir().is_dir()


def test_inside_the_package_comes_first(package: Path) -> None:
    (package / "presets").mkdir()
    (package.parent / "presets").mkdir()
    (package.parent / "pyproject.toml").touch()

    assert resources.presets_dir() == package / "presets"


def test_a_foreign_folder_in_site_packages_is_left_alone(package: Path) -> None:
    (package.parent / "resources").mkdir()

    with pytest.raises(FileNotFoundError, match="incomplete: there is no folder resources"):
        resources.resource_path("icons")
