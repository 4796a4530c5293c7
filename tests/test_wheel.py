"""What is installed is what was tested: the wheel works where the source is not."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import tomllib
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "src"
DATA = {".sql", ".json", ".yaml"}


def run(*command: str | Path, cwd: Path) -> str:
    finished = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env={**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PYTHONPATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr
    return finished.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    run(
        *(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder),
        cwd=ROOT,
    )
    [built] = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the commands' folder of an environment with the wheel and no source.

    The dependencies are those of this environment, so that nothing is downloaded.
    Its own `.pth` files do not count there, an editable install's among them.
    """
    home = tmp_path_factory.mktemp("environment")
    venv.create(home, with_pip=False, symlinks=os.name != "nt")
    paths = sysconfig.get_paths("venv", vars={"base": str(home)})
    run(
        *(sys.executable, "-m", "pip", "--python", home, "install", "--quiet"),
        *("--no-deps", "--no-index", wheel),
        cwd=home,
    )
    Path(paths["purelib"], "dependencies.pth").write_text(
        sysconfig.get_paths()["purelib"], encoding="utf-8"
    )
    return Path(paths["scripts"])


def test_the_wheel_carries_every_data_file_and_the_licence(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    wanted = {
        str(path.relative_to(SOURCE).as_posix())
        for path in SOURCE.rglob("*")
        if path.suffix in DATA or path.name == "py.typed"
    }
    assert "retentive/py.typed" in wanted
    assert {Path(name).suffix for name in wanted} >= DATA
    assert wanted <= names
    assert any(name.endswith("licenses/LICENSE") for name in names)


def test_the_wheel_carries_nothing_else_of_the_project(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    roots = {name.partition("/")[0] for name in names}
    adapters = {path.name for path in (ROOT / "adapters").iterdir()}
    assert {root for root in roots if not root.endswith(".dist-info")} == {
        "retentive",
        *adapters,
    }


def test_every_plugin_of_the_wheel_can_be_loaded(
    installed: Path, tmp_path: Path
) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    groups = project["entry-points"]
    script = f"""
import retentive
from retentive.registry import find, installed
assert not retentive.__file__.startswith({str(ROOT / "src")!r}), retentive.__file__
for group, names in {groups!r}.items():
    kind = group.removeprefix("retentive.")
    assert installed(kind) == sorted(names), (kind, installed(kind))
    for name in names:
        assert callable(find(kind, name)), name
"""
    run(installed / "python", "-c", script, cwd=tmp_path)


def test_the_command_of_the_wheel_runs_the_demo(
    installed: Path, tmp_path: Path
) -> None:
    shown = run(installed / "retentive", "demo", "--hits", "1", cwd=tmp_path)
    assert "recall@10" in shown
