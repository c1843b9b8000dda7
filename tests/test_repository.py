"""What is committed must make sense on every machine."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

# Escaped, so that this file does not match itself.
FORBIDDEN = {
    "a package registry": r"\b(pypi|pythonhosted|npmjs|deb\.debian|download\.pytorch)\.org\b",
    "a path of one machine": r"(?<![\w.~])/(work|tmp|root|home/\w+|Users/\w+)/",
    "a path of one Windows machine": r"\b[A-Z]:\\+Users\\",
}


def committed_files() -> list[Path]:
    if not (ROOT / ".git").exists() or shutil.which("git") is None:
        pytest.skip("only a git checkout knows what is committed")
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [path for name in listing.stdout.split("\0") if name and (path := ROOT / name).is_file()]


def test_no_file_names_a_registry_or_a_path_of_one_machine() -> None:
    found = []
    for path in committed_files():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:  # a font or a picture
            continue
        for what, pattern in FORBIDDEN.items():
            found += [f"{path.relative_to(ROOT)}: {what}: {match[0]}" for match in re.finditer(pattern, text)]

    assert not found, "\n".join(found)


def test_ci_runs_the_command_that_the_readme_gives() -> None:
    command = "python3 run.py check"

    assert f"\n{command}\n" in (ROOT / "README.md").read_text(encoding="utf-8")
    assert command in (ROOT / ".ci" / "run").read_text(encoding="utf-8")
