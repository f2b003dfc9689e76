"""Unknown numbers of the ensemble, for figures and tables: in words, and what the best of many explains by chance."""

from scipy.stats import t

from iatrogenesis.figures.unknown_words import WORDS

ASSOCIATED = {"share of ": "causal share", "total of ": "association"}
IN_WORDS = {"busy_weeks": "busy weeks"}


def named(unknown: str) -> str:
    """An unknown number in the words of the field: what it belongs to, and what it is; or an association's share."""
    for prefix, words in ASSOCIATED.items():
        if unknown.startswith(prefix):
            of = unknown.removeprefix(prefix)
            return f"{IN_WORDS.get(of, of)}: {words}"
    if "." not in unknown:
        return unknown
    for own, words in WORDS.items():
        if unknown.endswith(f".{own}"):
            return words
    *_, owner, name = unknown.split(".")
    return f"{owner}: {name}".replace("_", " ").replace(" sd", " SD")


def by_chance(unknowns: int, members: int) -> float:
    """Share of variance that the best of so many unknowns explains by chance, exceeded in one of twenty ensembles.

    As `iatrogenesis.harm.conclusions.drivers` counts it: the squared correlation, less what chance gives on average.
    """
    reach = t.ppf(1 - 0.025 / unknowns, members - 2) ** 2
    squared, average = reach / (members - 2 + reach), 1 / (members - 1)
    return float((squared - average) / (1 - average))
