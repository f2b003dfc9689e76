"""Unknown numbers of the ensemble, for figures and tables: in words, and what the best of many explains by chance."""

from scipy.stats import t

ASSOCIATED = {"share of ": "causal share", "total of ": "association"}


def named(unknown: str) -> str:
    """An unknown number in words: what it belongs to, and its own name; or an association and its causal share."""
    for prefix, words in ASSOCIATED.items():
        if unknown.startswith(prefix):
            return f"{unknown.removeprefix(prefix).replace('_', ' ')}: {words}"
    if "." not in unknown:
        return unknown
    *_, owner, name = unknown.split(".")
    words = f"{owner}: {name}".replace("_", " ").replace(" sd", " SD")
    return words.replace("phq9", "PHQ-9").replace("gad7", "GAD-7")


def by_chance(unknowns: int, members: int) -> float:
    """Share of variance that the best of so many unknowns explains by chance, exceeded in one of twenty ensembles.

    As `iatrogenesis.harm.conclusions.drivers` counts it: the squared correlation, less what chance gives on average.
    """
    reach = t.ppf(1 - 0.025 / unknowns, members - 2) ** 2
    squared, average = reach / (members - 2 + reach), 1 / (members - 1)
    return float((squared - average) / (1 - average))
