"""A figure's title, alternative text and caption, read from its file without importing Matplotlib."""

import ast
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "figures"
NEEDED = {"alt": "ALT", "caption": "CAPTION"}


def words_of(figure: str) -> dict[str, str]:
    """Return ``title`` (the first line of the module's docstring), ``alt`` and ``caption``.

    Raises
    ------
    KeyError
        If the module lacks one of them.
    """
    tree = ast.parse((FOLDER / f"{figure}.py").read_text(encoding="utf-8"))
    literal = {
        target.id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    words = {"title": (ast.get_docstring(tree) or "").partition("\n")[0]}
    for word, name in NEEDED.items():
        if name not in literal:
            raise KeyError(f"figures/{figure}.py: no {name}; add a sentence of that name at the top of the module")
        words[word] = ast.literal_eval(literal[name])
    return words
