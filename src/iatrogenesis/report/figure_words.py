"""A figure's title, alternative text and caption, read from its file without importing Matplotlib."""

from iatrogenesis.core.definitions import PHRASES
from iatrogenesis.figures import FACTS


def words_of(figure: str) -> dict[str, str]:
    """Return ``title`` (the first line of the module's docstring), ``alt`` and ``caption``, definitions filled in."""
    facts = FACTS[figure]
    words = {"title": facts["__doc__"].partition("\n")[0], "alt": facts["ALT"], "caption": facts["CAPTION"]}
    for name, phrase in PHRASES.items():
        words = {word: text.replace(f"{{{name}}}", phrase) for word, text in words.items()}
    return words
