"""The scripts behind `make`: they find a Python and make .venv, here with stubs instead of Pythons."""

import os
import runpy
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SH = shutil.which("sh")

# A Python that makes environments of itself and notes what it is asked; FAIL names a tool that fails.
PYTHON = """#!/bin/sh
echo "python $*" >>"$LOG"
case "$*" in
-I*) echo "$0" ;;
--version) echo "Python 3.13.0" ;;
"-m venv .venv")
    mkdir -p .venv/bin && cp "$0" .venv/bin/python && echo "command = $0 -m venv $(pwd -P)/.venv" >.venv/pyvenv.cfg ;;
"-m pip install"*) [ "$FAIL" != pip ] && cp uv .venv/bin/uv ;;
esac
"""
LOCK = """\
# made
numpy==2 \\
    --hash=sha256:00
uv==1 \\
    --hash=sha256:01
    # via iatrogenesis
yte==3 \\
    --hash=sha256:02
"""
UV = '#!/bin/sh\necho "uv $*" >>"$LOG"\n[ "$FAIL" != uv ]\n'


def executable(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    path.chmod(0o755)
    return path


def python(path):
    """Make a stub that is suitable and calls itself by its path."""
    return executable(path, '#!/bin/sh\necho "$0"\n')


def unsuitable(path):
    return executable(path, "#!/bin/sh\nexit 1\n")


@pytest.fixture
def project(tmp_path):
    """Return a copy of what the scripts need, in a folder with spaces."""
    project = tmp_path / "a folder with spaces"
    shutil.copytree(ROOT / "workflow" / "bootstrap", project / "workflow" / "bootstrap")
    (project / ".python-version").write_text("3.13\n", encoding="utf-8")
    (project / "requirements.lock").write_text(LOCK, encoding="utf-8")
    (project / "bin").mkdir()
    (project / "bin" / "dirname").symlink_to(shutil.which("dirname"))
    return project


def find(project, **variables):
    """Run find-python with nothing on the PATH but the project's stubs."""
    environment = {"PATH": str(project / "bin"), "HOME": str(project / "home"), **variables}
    script = project / "workflow" / "bootstrap" / "find-python"
    return subprocess.run([SH, script], env=environment, capture_output=True, text=True, check=False)


def test_pyenv_goes_before_the_path(project):
    chosen = python(project / "home" / ".pyenv" / "versions" / "3.13.7" / "bin" / "python")
    python(project / "bin" / "python3.13")
    assert find(project).stdout.strip() == str(chosen)


def test_the_given_python_goes_first(project):
    python(project / "bin" / "python3.13")
    given = python(project / "mine")
    assert find(project, PYTHON=str(given)).stdout.strip() == str(given)


def test_unsuitable_pythons_are_passed_over(project):
    for name in ("python3.13", "python3.12"):
        unsuitable(project / "bin" / name)
    chosen = python(project / "bin" / "python3")
    result = find(project, PYTHON=str(unsuitable(project / "mine")))
    assert (result.stdout.strip(), result.stderr, result.returncode) == (str(chosen), "", 0)


def test_without_a_suitable_python_one_line_says_what_to_do(project):
    for name in ("python3", "python"):
        unsuitable(project / "bin" / name)
    result = find(project)
    assert result.returncode == 1
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    assert "3.12" in result.stderr
    assert "make PYTHON=" in result.stderr


def test_a_real_python_is_found(project):
    found = find(project, PYTHON=sys.executable).stdout.strip()
    version = subprocess.run([found, "--version"], capture_output=True, text=True, check=True).stdout
    assert version.split()[1] == sys.version.split()[0]


@pytest.mark.parametrize(
    ("version", "suitable"),
    [((2, 7, 18), False), ((3, 11, 9), False), ((3, 12, 0), True), ((3, 14, 6), True), ((3, 15, 0), False)],
)
def test_versions(version, suitable, monkeypatch):
    monkeypatch.setattr(sys, "version_info", version)
    script = ROOT / "workflow" / "bootstrap" / "suitable.py"
    if suitable:
        runpy.run_path(script)
    else:
        with pytest.raises(SystemExit):
            runpy.run_path(script)


def test_a_python_without_ensurepip_is_unsuitable(monkeypatch):
    monkeypatch.setitem(sys.modules, "ensurepip", None)
    with pytest.raises(ImportError):
        runpy.run_path(ROOT / "workflow" / "bootstrap" / "suitable.py")


def install(project, fail=""):
    """Run install with stubs; return the finished process and what the stubs were asked, in order."""
    executable(project / "uv", UV)
    log = project / "log"
    log.write_text("", encoding="utf-8")
    given = executable(project / "stub python", PYTHON)
    variables = {"PYTHON": str(given), "LOG": str(log), "FAIL": fail, "HOME": str(project)}
    script = project / "workflow" / "bootstrap" / "install"
    result = subprocess.run([SH, script], env=os.environ | variables, capture_output=True, text=True, check=False)
    return result, log.read_text(encoding="utf-8")


def stamp(project):
    return project / ".venv" / ".installed"


def test_install(project):
    result, asked = install(project)
    assert result.returncode == 0, result.stderr
    assert "Making .venv with Python 3.13.0" in result.stdout
    assert "3 packages" in result.stdout
    alone = (project / ".venv" / "uv.lock").read_text(encoding="utf-8")
    assert alone.startswith("uv==1 \\\n    --hash=sha256:01\n")
    assert "numpy" not in alone
    assert "yte" not in alone
    assert "uv pip sync" in asked
    assert asked.count("--require-hashes") == 2
    assert stamp(project).exists()


def test_a_sound_environment_is_kept(project):
    install(project)
    keepsake = project / ".venv" / "keepsake"
    keepsake.touch()
    result, asked = install(project)
    assert "-m venv" not in asked
    assert "Making" not in result.stdout
    assert keepsake.exists()


@pytest.mark.parametrize("damage", ["interrupted", "moved", "broken"])
def test_a_damaged_environment_is_made_anew(damage, project):
    install(project)
    if damage == "interrupted":
        stamp(project).unlink()
    elif damage == "moved":
        project = project.rename(project.with_name("elsewhere"))
    else:
        unsuitable(project / ".venv" / "bin" / "python")
    result, asked = install(project)
    assert "-m venv .venv" in asked
    assert result.returncode == 0
    assert stamp(project).exists()


def test_pip_takes_over_from_uv(project):
    result, asked = install(project, fail="uv")
    assert result.returncode == 0
    assert "using pip instead" in result.stdout
    assert "--require-hashes --no-deps -r requirements.lock" in asked
    assert stamp(project).exists()


def test_a_failed_installation_leaves_no_stamp(project):
    install(project)
    result, _ = install(project, fail="pip")
    assert result.returncode != 0
    assert not stamp(project).exists()


def test_jobs_keep_what_python_compiles_and_see_no_modules_of_another_python(tmp_path):
    names = ("PYTHONDONTWRITEBYTECODE", "PYTHONPATH", "PYTHONHOME")
    probe = tmp_path / "probe.mk"
    probe.write_text("probe:\n\t@env\n", encoding="utf-8")
    command = [shutil.which("make"), "--no-print-directory", "-f", "Makefile", "-f", str(probe), "probe"]
    environment = os.environ | dict.fromkeys(names, "1")
    seen = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True).stdout
    assert "OMP_NUM_THREADS=1" in seen
    known = Path("/proc/cpuinfo")
    assert ("OPENBLAS_CORETYPE=Haswell" in seen) == (known.is_file() and " avx2" in known.read_text())
    assert [line for line in seen.splitlines() if line.partition("=")[0] in names] == []
