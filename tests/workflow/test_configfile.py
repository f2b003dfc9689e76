"""A file given by --configfile runs no code, although Snakemake evaluates it before any rule is read."""

import subprocess
import sys

import pytest
import yaml

from tests.conftest import ROOT

PROFILE = ROOT / "workflow" / "profiles" / "default" / "profile.yaml"
EVIL = """{key}: true
__definitions__:
  - import pathlib
name: ?pathlib.Path({ran!r}).touch()
"""
FILES = {
    "that says __use_yte__": EVIL.replace("{key}", "__use_yte__"),
    "that says __use_yte__ in escapes": EVIL.replace("{key}", '"__use_\\x79te__"'),
    "with a tag of Python": "name: !!python/object/apply:os.system ['touch {ran}']\n",
    "with aliases": "a: &a [x, x]\nname: [*a, *a]\n",
    "that is no YAML": "name: [",
}


def started(*options: str) -> tuple[int, str]:
    command = [sys.executable, "-m", "snakemake", "-n", "--cores", "1", *options]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    return found.returncode, found.stdout + found.stderr


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(
            text, id=what, marks=pytest.mark.trial(kind="refused", what=f"snakemake --configfile with a file {what}")
        )
        for what, text in FILES.items()
    ],
)
def test_such_a_file_is_refused_before_snakemake_evaluates_it(tmp_path, text):
    path, harmless = tmp_path / "evil", tmp_path / "a.yaml"
    path.write_text(text.format(ran=str(tmp_path / "ran")))
    harmless.write_text("name: mine\n")
    code, said = started("--configfile", str(harmless), str(path))
    assert code != 0 and f"{path}: no plain YAML" in said, said
    assert not (tmp_path / "ran").exists() and "Traceback" not in said


def test_snakemake_would_run_it(tmp_path):
    """Else the guard has nothing to guard against, and can go."""
    path = tmp_path / "evil.yaml"
    path.write_text(FILES["that says __use_yte__"].format(ran=str(tmp_path / "ran")))
    started("--configfile", str(path), "--workflow-profile", "none")
    assert (tmp_path / "ran").exists()


def test_the_profile_is_else_plain_data():
    said = yaml.safe_load(PROFILE.read_text(encoding="utf-8"))
    assert said.pop("__use_yte__") is True and len(said.pop("__definitions__")) == 3
    assert all(isinstance(value, (bool, int, str)) and not str(value).startswith("?") for value in said.values())
