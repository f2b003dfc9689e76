"""A figure's title, alternative text and caption, read from its file without importing Matplotlib."""

from iatrogenesis.figures import FACTS


def words_of(figure: str) -> dict[str, str]:
    """Return ``title`` (the first line of the module's docstring), ``alt`` and ``caption``."""
    facts = FACTS[figure]
    return {"title": facts["__doc__"].partition("\n")[0], "alt": facts["ALT"], "caption": facts["CAPTION"]}
