"""The wheel holds one package with everything that it needs, and runs where nothing else of the clone is."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.requirement("REQ-220")

ROOT = Path(__file__).parents[1]
ROOMS = {"schemas": "schemas", "analysis": "analysis", "report": "report", "evidence": "evidence"}
ROOMS |= {f"trial_report/{name}": name for name in ("command", "declare", "runtime", "template")}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(made)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return next(made.glob("*.whl"))


def test_it_puts_one_name_among_everybodys_packages(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0] for name in names} == {
        "trial_report",
        next(n for n in names if "dist-info" in n).split("/")[0],
    }
    assert not [name for name in names if "__pycache__" in name or "/tests/" in name or "/data/" in name]


@pytest.mark.parametrize("folder", sorted(ROOMS))
def test_every_file_of_a_room_is_in_it(wheel: Path, folder: str) -> None:
    said = subprocess.run(["git", "ls-files", folder], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    names = set(zipfile.ZipFile(wheel).namelist())
    wanted = {name if name.startswith("trial_report/") else f"trial_report/{name}" for name in said.split()}
    assert len(wanted) > 3
    assert wanted - names == set()


def test_what_code_reads_beside_the_rooms_is_in_it(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {"trial_report/_quarto.yml", "trial_report/locks/report.txt", "trial_report/docs/requirements.yml"} <= names


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment with the wheel, which sees the libraries of this one, and nothing of the clone."""
    home = tmp_path_factory.mktemp("environment")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(home)], check=True)
    python = home / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    code = "import sysconfig; print(sysconfig.get_path('purelib'))"
    own = Path(subprocess.run([python, "-c", code], check=True, capture_output=True, text=True).stdout.strip())
    zipfile.ZipFile(wheel).extractall(own)
    (own / "libraries.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    return python


def run(python: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    command = [str(python), "-m", "trial_report", *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def test_an_editable_install_is_the_clone_itself(tmp_path: Path) -> None:
    code = "import sys; from hatchling.build import build_editable; build_editable(sys.argv[1])"
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], cwd=ROOT, check=True, capture_output=True)
    held = zipfile.ZipFile(next(tmp_path.glob("*.whl")))
    (paths,) = [held.read(name).decode() for name in held.namelist() if name.endswith(".pth")]
    assert [Path(line) for line in paths.split("\n")] == [ROOT]
    assert not [name for name in held.namelist() if name.endswith(".py")]


@pytest.mark.heavy
def test_from_an_empty_folder_to_a_report(installed: Path, tmp_path: Path) -> None:
    assert run(installed, tmp_path, "--help").returncode == 0
    assert run(installed, tmp_path, "new", "my-trial").returncode == 0
    project = tmp_path / "my-trial"
    study = ROOT / "data" / "admscc-cli"
    for name in ("sdtm", "text"):
        shutil.copytree(study / name, project / name, dirs_exist_ok=True)
    shutil.copyfile(study / "study.yml", project / "study.yml")
    made = run(installed, project, "report", "--renderer", "embedded")
    assert made.returncode == 0, made.stderr
    assert (project / "_report" / "my-trial" / "csr.pdf").read_bytes().startswith(b"%PDF")
    assert "DRAFT" not in made.stderr
