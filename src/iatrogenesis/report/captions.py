"""A figure's caption without importing the figure, which would take a second: read from its file."""

import ast
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "figures"


def caption_of(figure: str) -> str:
    """Return the `CAPTION` of a figure's module.

    Raises
    ------
    KeyError
        If the module has none.
    """
    for node in ast.parse((FOLDER / f"{figure}.py").read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and [getattr(target, "id", "") for target in node.targets] == ["CAPTION"]:
            return ast.literal_eval(node.value)
    raise KeyError(f"{figure}: no CAPTION")
