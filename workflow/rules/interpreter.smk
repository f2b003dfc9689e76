"""Scripts start in a folder whose path has a space, too.

Snakemake writes the path of its own Python into the command that starts a script, and does not quote it: the shell would
look for a program of the path's first word. There the name stands alone, and the shell finds it first in its search path.
"""

import os
import shlex
import sys
from pathlib import Path

if shlex.quote(sys.executable) != sys.executable:
    os.environ.update(PATH=os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)]))
    sys.executable = Path(sys.executable).name
