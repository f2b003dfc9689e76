"""Scripts run although the path of the project's Python has a space, a quote or a dollar sign."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

RULES = Path(__file__).parents[2] / "workflow" / "rules" / "interpreter.smk"
SNAKEFILE = """\
include: {rules!r}

rule all:
    output:
        "made by"
    script:
        "script.py"
"""
SCRIPT = "import sys\nfrom pathlib import Path\nPath(snakemake.output[0]).write_text(sys.executable)\n"


@pytest.mark.parametrize("name", ["plain", "it's a $HOME"])
def test_a_script_is_run_by_the_python_of_the_workflow(tmp_path, name):
    folder = tmp_path / name
    folder.mkdir()
    (folder / ".venv").symlink_to(sys.prefix)
    (folder / "Snakefile").write_text(SNAKEFILE.format(rules=str(RULES)), encoding="utf-8")
    (folder / "script.py").write_text(SCRIPT, encoding="utf-8")
    python = folder / ".venv" / "bin" / "python"
    found = subprocess.run(
        [python, "-m", "snakemake", "--cores", "1"],
        cwd=folder,
        env=os.environ | {"PYTHONSAFEPATH": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 0, found.stderr
    assert Path((folder / "made by").read_text(encoding="utf-8")) == python
