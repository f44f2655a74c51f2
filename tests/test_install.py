"""What `pip install .` gives: the wheel, in a virtual environment of its own, used from an empty directory.

One of the long tests (make test-long). The libraries are those of the environment that runs the tests.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

pytestmark = pytest.mark.long

ROOT = Path(__file__).parent.parent
SOURCES = ("archiver", "spiders", "pyproject.toml", "README.md")
Run = Callable[..., str]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy: what older builds left in the checkout must not get in."""
    source, target = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    for name in SOURCES:
        (shutil.copytree if (ROOT / name).is_dir() else shutil.copy)(ROOT / name, source / name)
    run([sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(target), str(source)])
    [built] = target.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Runs a command of the new environment in an empty directory; gives what it prints."""
    venv, folder = tmp_path_factory.mktemp("venv"), tmp_path_factory.mktemp("elsewhere")
    run([sys.executable, "-m", "venv", "--without-pip", str(venv)])
    python = venv / "bin" / "python"
    run([sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "--no-deps", "--no-index", str(wheel)])
    [site_packages] = venv.glob("lib/python*/site-packages")
    (site_packages / "libraries.pth").write_text(sysconfig.get_paths()["purelib"])  # a path alone: the checkout's own .pth is not read
    env = {key: value for key, value in os.environ.items() if not key.startswith(("ARCHIVER_", "PYTHON", "SCRAPY_"))}
    env["PATH"] = f"{venv / 'bin'}:{env['PATH']}"
    return lambda *words, **more: run(list(words), cwd=folder, env=env | more)


def run(words: list[str], cwd: Path | None = None, env: dict[str, str] | None = None) -> str:
    done = subprocess.run(words, cwd=cwd, env=env, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, f"{words}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def test_the_wheel_holds_every_file_that_is_no_code(wheel: Path):
    packed = set(zipfile.ZipFile(wheel).namelist())
    files = [path for name in ("archiver", "spiders") for path in (ROOT / name).rglob("*") if path.is_file()]
    wanted = {str(path.relative_to(ROOT)) for path in files if "__pycache__" not in path.parts}
    assert wanted - packed == set()


def test_the_commands_work_in_an_empty_directory(installed: Run):
    assert str(Path("site-packages") / "archiver") in installed("python", "-c", "import archiver; print(archiver.__file__)")
    printed = installed("archiver", "-q", "demo", "--days", "1")
    assert "archiver search levee" in printed
    [hit] = [json.loads(line) for line in installed("archiver", "search", "levee", "--json").splitlines()]
    assert hit["headline"] in installed("archiver", "show", hit["key"])

    datasette = ("python", "-m", "datasette", "data/archive.db", "--get")
    assert hit["headline"] in installed(*datasette, "/-/archive")  # templates
    assert json.loads(installed(*datasette, "/archive/stories_per_day.json?_shape=array"))  # queries
    assert "--paper" in installed(*datasette, "/-/static-plugins/news_archiver/archive.css")


def test_scrapy_finds_the_spiders(installed: Run):
    listed = installed("python", "-m", "scrapy", "list", SCRAPY_SETTINGS_MODULE="archiver.settings")
    assert listed.split() == ["lodivalleynews", "news"]
