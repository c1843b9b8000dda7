"""run.py: what it installs and when, and what it says where it cannot go on."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

import run
from cnnstudio import cli

SCREENS = ("DISPLAY", "WAYLAND_DISPLAY", "WAYLAND_SOCKET", "XDG_SESSION_TYPE", "QT_QPA_PLATFORM")


class Machine:
    """A checkout in a temporary folder whose commands are recorded instead of run."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.root = root
        self.commands: list[str] = []
        self.exit_code = 0
        self.found: dict[str, object] | None = {"version": [3, 11], "pip": True, "torch": True}
        (root / ".venv").mkdir()
        self.asks_for("numpy>=2")
        monkeypatch.setattr(run, "ROOT", root)
        monkeypatch.setattr(run, "VENV", root / ".venv")
        monkeypatch.setattr(run, "STATE", root / ".venv" / "state.json")
        monkeypatch.setattr(run, "run", self._run)
        monkeypatch.setattr(run, "inspect_environment", lambda: self.found)

    def asks_for(self, dependency: str, tools: str = "") -> None:
        text = (
            f'[build-system]\nrequires = []\n[project]\nname = "x"\ndependencies = ["{dependency}"]\n{tools}'
        )
        (self.root / "pyproject.toml").write_text(text, encoding="utf-8")

    def _run(self, command: list[str]) -> int:
        self.commands.append(" ".join(command[1:]))
        return self.exit_code

    def install(self, extra: str | None = None) -> list[str]:
        """What was run to bring the environment up to date."""
        self.commands.clear()
        run.ensure_installed(extra)
        return list(self.commands)


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    return Machine(tmp_path, monkeypatch)


@pytest.fixture
def no_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    for name in SCREENS:
        monkeypatch.delenv(name, raising=False)


def test_installs_once(machine: Machine) -> None:
    first = machine.install()

    assert len(first) == 1
    assert first[0].endswith(f"--editable {machine.root}")
    assert machine.install() == []


def test_makes_the_environment_where_there_is_none(machine: Machine) -> None:
    machine.found = None

    commands = machine.install()

    assert commands[0].startswith("-m venv")
    assert commands[1].startswith("-m pip install")


def test_an_environment_without_pip_gets_it(machine: Machine) -> None:
    machine.found = {"version": [3, 12], "pip": False, "torch": False}

    assert machine.install()[0] == "-m ensurepip"


def test_installs_again_when_the_dependencies_change(machine: Machine) -> None:
    machine.install()
    machine.asks_for("numpy>=3")

    assert len(machine.install()) == 1


def test_a_change_of_the_linter_settings_installs_nothing(machine: Machine) -> None:
    machine.install()
    machine.asks_for("numpy>=2", tools="[tool.ruff]\nline-length = 110\n")

    assert machine.install() == []


def test_the_check_adds_its_tools_and_the_app_keeps_them(machine: Machine) -> None:
    machine.install()

    assert machine.install("dev")[0].endswith("[dev]")
    assert machine.install() == []

    machine.asks_for("numpy>=3")
    assert machine.install()[0].endswith("[dev]")


def test_an_interrupted_installation_is_taken_up_again(machine: Machine) -> None:
    machine.install()
    machine.asks_for("numpy>=3")
    machine.exit_code = 1
    with pytest.raises(run.Stop, match="did not finish"):
        machine.install()

    machine.exit_code = 0
    machine.asks_for("numpy>=2")
    assert len(machine.install()) == 1


def test_leaves_a_folder_of_another_kind_alone(machine: Machine) -> None:
    machine.found = None
    (machine.root / ".venv" / "thesis.txt").touch()

    with pytest.raises(run.Stop, match="in the way"):
        machine.install()


def test_an_old_python_gets_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 2, "final", 0))

    with pytest.raises(run.Stop, match=r"needs Python 3\.11 or newer and this is 3\.9\.2"):
        run.main([])


def test_an_old_python_can_read_the_file() -> None:
    ast.parse(Path(run.__file__).read_text(encoding="utf-8"), feature_version=(3, 7))


def test_a_python_without_venv_gets_one_sentence(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    machine.found = None
    monkeypatch.setitem(sys.modules, "ensurepip", None)

    with pytest.raises(run.Stop, match=r"apt-get install python3\.\d+-venv"):
        machine.install()


def test_no_screen_is_said_before_anything_is_installed(machine: Machine, no_screen: None) -> None:
    with pytest.raises(run.Stop, match="no screen"):
        run.main(["resnet18"])

    assert machine.commands == []


def test_knows_the_commands_that_need_no_screen() -> None:
    assert run.COMMANDS == cli.COMMANDS


def test_a_missing_library_is_named_with_its_package() -> None:
    line = run.missing_libraries(["libEGL.so.1", "libodd.so.7"], run.QT_LIBRARIES)

    assert "libEGL.so.1, libodd.so.7" in line
    assert line.endswith("`sudo apt-get install libegl1`.")
    assert "\n" not in line


@pytest.mark.parametrize(
    ("environment", "x11"),
    [
        ({"DISPLAY": ":0"}, True),
        ({"DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0"}, False),
        ({"DISPLAY": ":0", "XDG_SESSION_TYPE": "wayland"}, False),
        ({"DISPLAY": ":0", "QT_QPA_PLATFORM": "offscreen"}, False),
        ({"WAYLAND_DISPLAY": "wayland-0", "QT_QPA_PLATFORM": "xcb"}, True),
        ({}, False),
    ],
)
def test_x11_libraries_matter_only_where_qt_chooses_x11(
    environment: dict[str, str], x11: bool, no_screen: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    assert run.opens_on_x11() is x11


@pytest.mark.skipif(sys.platform != "linux", reason="looks for Linux libraries")
def test_the_probe_finds_qt_where_the_tests_run() -> None:
    command = [sys.executable, "-c", run.PROBE_QT, '["libEGL.so.1"]', "offscreen"]

    answer = subprocess.run(command, capture_output=True, text=True, check=True)

    assert json.loads(answer.stdout) == {"error": "", "missing": []}
