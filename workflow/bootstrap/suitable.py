"""Print the path of the interpreter that runs this, if it can make the project's environment; fail if it cannot."""

import sys

# Below: numpy and pymc refuse. Above: no wheels yet. Any Python, however old, must be able to parse this file.
if not (3, 12) <= sys.version_info < (3, 15):
    sys.exit(1)

import ensurepip  # noqa: F401  some Linux distributions package it apart from Python
import venv  # noqa: F401

# The base interpreter: an activated .venv must not be the parent of its own replacement.
print(sys._base_executable or sys.executable)
