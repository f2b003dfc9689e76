"""Build the site of a study's results: `python workflow/site/build.py default site`. Warnings are errors."""

import shutil
import sys
import tempfile
from pathlib import Path

from links import LinkError
from readable import mend
from sphinx.cmd.build import build_main
from stage import stage


def build(study: str, target: Path) -> int:
    """Write the site's folder, whole or not at all; return 0, or what Sphinx ended with."""
    target = target.resolve()
    with tempfile.TemporaryDirectory(prefix=f".{target.name}.", dir=target.parent) as name:
        work = Path(name)
        stage(study, work / "pages", work / "beside")
        options = ["-q", "-E", "-W", "--keep-going", "-b", "html", "-c", str(Path(__file__).parent)]
        failed = build_main([*options, "-d", str(work / "trees"), str(work / "pages"), str(work / "built")])
        if failed:
            return failed
        mend(work / "built")
        shutil.copytree(work / "beside", work / "built", dirs_exist_ok=True)
        for leftover in (".buildinfo", "objects.inv"):
            (work / "built" / leftover).unlink(missing_ok=True)
        (work / "built" / ".nojekyll").touch()  # GitHub Pages would drop folders that begin with an underscore
        shutil.rmtree(target, ignore_errors=True)
        (work / "built").replace(target)
    return 0


if __name__ == "__main__":
    try:
        status = build(sys.argv[1], Path(sys.argv[2]))
    except (LinkError, ValueError) as error:
        sys.exit(f"{error}")
    sys.exit(status)
