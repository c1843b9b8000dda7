"""The built wheel, installed where there is no torch, Qt or checkout, still finds what ships with it."""

import json
import os
import shutil
import subprocess
import sys
import tarfile
import venv
import zipfile
from importlib.metadata import distribution
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

# All that listing the presets may need.
NEEDED = (
    "annotated-types",
    "platformdirs",
    "pydantic",
    "pydantic-core",
    "typing-extensions",
    "typing-inspection",
)


def build(target: str, source: Path, folder: Path) -> Path:
    """Builds a wheel or an sdist without network: hatchling is installed already."""
    call(
        sys.executable, "-m", "hatchling", "build", "--target", target, "--directory", str(folder), cwd=source
    )
    (built,) = folder.iterdir()
    return built


def call(*command: str, cwd: Path) -> str:
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "COV_"))}
    result = subprocess.run(
        command,
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert result.returncode == 0, f"{' '.join(command)}\n{result.stdout}{result.stderr}"
    return result.stdout


class Installed:
    """An environment with the wheel and what the presets need, and nothing else."""

    def __init__(self, folder: Path, wheel: Path) -> None:
        self.folder = folder
        venv.create(folder, with_pip=False)
        self.scripts = folder / ("Scripts" if os.name == "nt" else "bin")
        self.python = str(self.scripts / "python")
        pip = [
            sys.executable,
            "-m",
            "pip",
            "--python",
            self.python,
            "install",
            "--no-deps",
            "--no-index",
            "-q",
        ]
        call(*pip, "--disable-pip-version-check", str(wheel), cwd=folder)
        answer = call(self.python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=folder)
        for name in NEEDED:
            copy_distribution(name, Path(answer.strip()))


def copy_distribution(name: str, site_packages: Path) -> None:
    installed = distribution(name)
    for file in installed.files or ():
        if ".." not in file.parts and file.suffix != ".pyc":  # no scripts outside of site-packages
            target = site_packages / file
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(str(file.locate()), target)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build("wheel", ROOT, tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    return Installed(tmp_path_factory.mktemp("environment") / "venv", wheel)


def contents(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return {name for name in archive.namelist() if ".dist-info/" not in name}


def test_the_wheel_carries_the_package_and_what_ships_with_it(wheel: Path) -> None:
    names = contents(wheel)

    assert {name.split("/")[0] for name in names} == {"cnnstudio"}
    assert "cnnstudio/py.typed" in names
    for folder in ("presets", "resources"):
        shipped = {p.relative_to(ROOT).as_posix() for p in (ROOT / folder).rglob("*") if p.is_file()}
        assert shipped
        assert {f"cnnstudio/{name}" for name in shipped} <= names


def test_the_fonts_come_with_their_licences(wheel: Path) -> None:
    names = contents(wheel)

    assert {
        "cnnstudio/resources/fonts/Inter-LICENSE.txt",
        "cnnstudio/resources/fonts/Inter-Regular.otf",
    } <= names


def test_a_wheel_made_from_the_sdist_is_the_same(wheel: Path, tmp_path: Path) -> None:
    (tmp_path / "sdist").mkdir()
    safely = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}  # 3.11.4 and newer know it
    with tarfile.open(build("sdist", ROOT, tmp_path / "sdist")) as archive:
        archive.extractall(tmp_path / "unpacked", **safely)
    (source,) = (tmp_path / "unpacked").iterdir()

    assert contents(build("wheel", source, tmp_path / "again")) == contents(wheel)


def test_presets_and_resources_are_found_inside_the_package(installed: Installed) -> None:
    ask = (
        "from cnnstudio.workspace.resources import presets_dir, resource_path\n"
        "print(presets_dir())\n"
        "print(resource_path('icons', 'app.svg'))"
    )

    presets, icon = map(Path, call(installed.python, "-P", "-c", ask, cwd=installed.folder).splitlines())

    assert presets.is_relative_to(installed.folder.resolve())
    assert any(presets.glob("*.cnn.json"))
    assert icon.is_relative_to(installed.folder.resolve())
    assert icon.is_file()


def test_the_command_lists_the_presets_without_torch(installed: Installed) -> None:
    command = str(installed.scripts / "cnnstudio")

    presets = json.loads(call(command, "presets", "--json", cwd=installed.folder))

    shipped = {path.name.removesuffix(".cnn.json") for path in (ROOT / "presets").glob("*.cnn.json")}
    assert {preset["id"] for preset in presets} == shipped
    assert "cifar10-first-cnn" in call(command, "presets", cwd=installed.folder)
