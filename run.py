#!/usr/bin/env python3
"""Starts CNN Studio, or checks it, in a virtual environment that this script makes beside itself.

    python3 run.py [ARGUMENTS…]                     starts the app; the arguments are those of `cnnstudio`
    python3 run.py check [--fast] [PYTEST OPTIONS]  what CI runs; --fast leaves the tests out

Standard library only, for Python 3.11 and newer on Linux, macOS and Windows. CNNSTUDIO_VENV names another
place for the environment. What this script says goes to stderr: stdout belongs to the app.
"""

# Older Pythons must be able to read this file, or they could not be told that they are too old.
from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent
MOST_TEST_PROCESSES = 4
VENV = Path(os.environ.get("CNNSTUDIO_VENV") or ROOT / ".venv").absolute()
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
STATE = VENV / "cnnstudio-run.json"
OLDEST = (3, 11)
DISK_GIGABYTES = 10

# These, and any option, need neither a screen nor Qt's libraries.
COMMANDS = ("presets", "shapes", "export", "train", "evaluate", "datasets", "tensorboard")

# What Qt loads at run time and a bare Linux may lack, with the Debian package that has it.
QT_LIBRARIES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libX11.so.6": "libx11-6",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libxkbcommon.so.0": "libxkbcommon0",
}
X11_LIBRARIES = {
    "libX11-xcb.so.1": "libx11-xcb1",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxcb.so.1": "libxcb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}

# Runs in the environment: loads what the app will load, and if that fails tries each library by name,
# because the loader only tells the first one that is missing.
PROBE_QT = """
import ctypes, json, pathlib, re, sys
names, platform = json.loads(sys.argv[1]), sys.argv[2]
error = ""
try:
    import PySide6.QtSvgWidgets, PySide6.QtWidgets
    plugins = pathlib.Path(PySide6.__file__).parent / "Qt" / "plugins" / "platforms"
    ctypes.CDLL(str(plugins / ("libq" + platform + ".so")))
except (ImportError, OSError) as problem:
    error = str(problem)
missing = set(re.findall(r"^(\\S+): cannot open shared object", error))
for name in names if error else ():
    try:
        ctypes.CDLL(name)
    except OSError:
        missing.add(name)
print(json.dumps({"error": error, "missing": sorted(missing)}))
"""


INSPECT = """
import importlib.util, json, sys
found = {name: importlib.util.find_spec(name) is not None for name in ("pip", "torch")}
print(json.dumps({"version": sys.version_info[:2], **found}))
"""


class Stop(Exception):
    """One sentence for the person at the terminal; the script ends with it and exit code 2."""


def main(arguments: list[str]) -> int:
    if sys.version_info < OLDEST:
        raise Stop(
            f"CNN Studio needs Python 3.11 or newer and this is {_version()}: start run.py with a newer one."
        )
    if arguments[:1] == ["check"]:
        return check(arguments[1:])
    return start(arguments)


def start(arguments: list[str]) -> int:
    """Starts the app with these arguments, in the folder where the person is."""
    window = not arguments or not (arguments[0] in COMMANDS or arguments[0].startswith("-"))
    if window:
        need_screen()
    ensure_installed(extra=None)
    if window:
        need_qt_once(x11=opens_on_x11())
    command = [str(PYTHON), "-P", "-m", "cnnstudio", *arguments]
    if os.name != "nt":
        os.execv(command[0], command)  # this process becomes the app: signals and exit code are its own
    return subprocess.call(command)


# --- the environment ----------------------------------------------------------------------------------


def ensure_installed(extra: str | None) -> None:
    """Makes the environment, or brings it up to date where pyproject.toml asks for something else by now."""
    found = inspect_environment() or make_environment()
    state = read_state()
    extras = sorted({*state.get("extras", []), *([extra] if extra else [])})
    wanted = {"requirements": requirements_hash(), "extras": extras}
    if {key: state.get(key) for key in wanted} == wanted:
        return
    say_what_comes(first=not found["torch"])
    STATE.unlink(missing_ok=True)  # an interrupted installation is taken up again next time
    if not found["pip"]:
        run([str(PYTHON), "-m", "ensurepip"])
    project = f"{ROOT}[{','.join(extras)}]" if extras else str(ROOT)
    pip = [str(PYTHON), "-m", "pip", "install", "--disable-pip-version-check", "--no-input"]
    quiet = ["--quiet"] if found["torch"] else []
    began = time.monotonic()
    if run([*pip, *quiet, "--editable", project]) != 0:
        raise Stop(
            "The installation did not finish: pip says why above. The same command goes on from there."
        )
    write_state(wanted)
    say(f"is installed ({time.monotonic() - began:.0f} s).")


def inspect_environment() -> dict[str, Any] | None:
    """Whether pip and torch are in the environment; None where there is none that works."""
    if not PYTHON.exists():
        return None
    answer = subprocess.run([str(PYTHON), "-c", INSPECT], capture_output=True, text=True, check=False)
    try:
        found: dict[str, Any] = json.loads(answer.stdout)
    except ValueError:
        return None
    return found if tuple(found["version"]) >= OLDEST else None


def make_environment() -> dict[str, Any]:
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
        raise Stop(
            f"This Python cannot make an environment: on Debian or Ubuntu, `sudo apt-get install {package}`."
        ) from None
    if VENV.exists() and any(VENV.iterdir()) and not (VENV / "pyvenv.cfg").exists():
        raise Stop(f"{VENV} is in the way: it is no virtual environment; move it away and start again.")
    say(f"makes {VENV} with Python {_version()}.")
    if run([sys.executable, "-m", "venv", "--clear", str(VENV)]) != 0:
        raise Stop(f"Python could not make the virtual environment {VENV}; it says why above.")
    return {"pip": True, "torch": False}


def requirements_hash() -> str:
    """Changes with what pyproject.toml asks to install, and when the checkout is moved elsewhere."""
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    asked = [str(ROOT), project["project"], project["build-system"]]
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()


def write_state(state: dict[str, Any]) -> None:
    STATE.write_text(json.dumps(state), encoding="utf-8")


def read_state() -> dict[str, Any]:
    try:
        state = json.loads(STATE.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return state if isinstance(state, dict) else {}


def say_what_comes(first: bool) -> None:
    if not first:
        say("brings the installation up to date …")
        return
    size = (
        "several gigabytes, because torch for Linux comes with CUDA"
        if sys.platform == "linux"
        else "about 1 GB"
    )
    say(f"installs what it needs into {VENV} ({size}); only the first start takes this long.")
    free = shutil.disk_usage(VENV).free / 1e9
    if sys.platform == "linux" and free < DISK_GIGABYTES:
        say(f"may not fit: only {free:.0f} GB are free on that disk.")


# --- Qt's system libraries ----------------------------------------------------------------------------


def need_screen() -> None:
    """Says so at once where no window can open, before gigabytes are fetched."""
    if sys.platform != "linux" or os.environ.get("QT_QPA_PLATFORM"):
        return
    screens = ("DISPLAY", "WAYLAND_DISPLAY", "WAYLAND_SOCKET")
    if any(map(os.environ.get, screens)) or os.environ.get("XDG_SESSION_TYPE") == "wayland":
        return
    raise Stop(
        "There is no screen to open a window on: neither DISPLAY nor WAYLAND_DISPLAY is set; "
        "`python3 run.py --help` lists the commands that need none."
    )


def opens_on_x11() -> bool:
    """Whether Qt will choose X11, as opposed to Wayland or a platform that the person named."""
    named = os.environ.get("QT_QPA_PLATFORM", "")
    if named:
        return named.startswith("xcb")
    wayland = os.environ.get("WAYLAND_DISPLAY") or os.environ.get("XDG_SESSION_TYPE") == "wayland"
    return bool(os.environ.get("DISPLAY")) and not wayland


def need_qt(x11: bool) -> None:
    """Tries to load what Qt will load.

    Raises:
        Stop: a system library is missing; names it and its Debian package.
    """
    if sys.platform != "linux":
        return
    platform = "xcb" if x11 else "offscreen"
    libraries = {**QT_LIBRARIES, **(X11_LIBRARIES if x11 else {})}
    command = [str(PYTHON), "-c", PROBE_QT, json.dumps(sorted(libraries)), platform]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        found = json.loads(answer.stdout)
    except ValueError:
        raise Stop(f"Qt does not load: {_last_line(answer.stderr)}") from None
    if found["missing"]:
        raise Stop(missing_libraries(found["missing"], libraries))
    if found["error"]:
        raise Stop(f"Qt does not load: {found['error']}")


def need_qt_once(x11: bool) -> None:
    """As `need_qt`, but only until it has worked once: it takes a third of a second."""
    state = read_state()
    tried = "x11" if x11 else "qt"
    if not state.get(tried):
        need_qt(x11)
        write_state({**state, tried: True})


def missing_libraries(missing: list[str], packages: dict[str, str]) -> str:
    """One line that says what is missing and how it is installed."""
    known = sorted({packages[name] for name in missing if name in packages})
    install = f"; on Debian or Ubuntu, `sudo apt-get install {' '.join(known)}`" if known else ""
    return f"Qt needs system libraries that are missing here: {', '.join(missing)}{install}."


# --- the check ----------------------------------------------------------------------------------------


def check(arguments: list[str]) -> int:
    """Everything that CI runs. All of it runs even where something fails, and the last line sums it up."""
    fast = "--fast" in arguments
    ensure_installed(extra="dev")
    imports = "import sys, importlinter.cli as cli; sys.exit(cli.lint_imports_command(sys.argv[1:]))"
    steps = {
        "ruff check": ["-m", "ruff", "check"],
        "ruff format": ["-m", "ruff", "format", "--check"],
        "mypy": ["-m", "mypy"],
        "import contracts": ["-c", imports, "--no-logo"],
    }
    if not fast:
        need_qt(x11=False)
        options = [argument for argument in arguments if argument != "--fast"]
        # A process a core, each with whole files: fixtures of a file are made once.
        shared = ["-n", str(min(MOST_TEST_PROCESSES, os.cpu_count() or 1)), "--dist", "loadfile"]
        steps["pytest"] = ["-m", "pytest", "--hypothesis-profile=ci", *(options or shared)]
    began = time.monotonic()
    failed = [name for name, step in steps.items() if not passes(name, step)]
    verdict = f"FAILED: {', '.join(failed)}" if failed else f"{', '.join(steps)}: all passed"
    print(f"run.py check: {verdict} ({time.monotonic() - began:.0f} s)", flush=True)
    return 1 if failed else 0


def passes(name: str, step: list[str]) -> bool:
    print(f"--- {name}", flush=True)
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "OMP_NUM_THREADS": "1"}
    return subprocess.call([str(PYTHON), *step], cwd=ROOT, env=environment) == 0


# --- small things -------------------------------------------------------------------------------------


def run(command: list[str]) -> int:
    """Runs a command that may talk; what it says goes to stderr."""
    environment = {**os.environ, "PIP_USER": "0"}  # a person's --user setting fails inside an environment
    return subprocess.call(command, stdout=sys.stderr, env=environment)


def say(what: str) -> None:
    print(f"CNN Studio {what}", file=sys.stderr, flush=True)


def _version() -> str:
    return ".".join(map(str, sys.version_info[:3]))


def _last_line(text: str) -> str:
    return (text.strip().splitlines() or ["it ended without a word."])[-1]


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except Stop as stop:
        print(stop, file=sys.stderr)
        sys.exit(2)
    except OSError as problem:
        print(f"CNN Studio cannot be started: {problem}", file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        print("\nStopped. The same command goes on from here.", file=sys.stderr)
        sys.exit(130)
