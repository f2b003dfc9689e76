"""What these data could, and could not, have shown, in plain words."""

from math import isfinite

import pandas as pd

from iatrogenesis.own_data.reporting.cells import first, numeric
from iatrogenesis.own_data.reporting.results import Results
from iatrogenesis.report.entry import Number, number
from iatrogenesis.report.render import NARROW, Numbers

NOT_ASKED = "It was not asked: the settings want no plasmode study."
MADE_UP = "made up"
SOURCE = "tables/ceiling.csv"


def ceilings(results: Results) -> dict[str, Number]:
    """Return the numbers of the table `ceiling` that page one has.

    `ceiling_vpc` is the smallest share of variance between therapists, in %, that would have been found with the power
    asked for; `ceiling_burnout` the smallest odds ratio per SD of burnout, where the service has ratings of it;
    `missed` is how often less would have been missed, in %. A name with `_largest` stands for one without that is out
    of reach.
    """
    if not results.has("ceiling", "quantity"):
        return {}
    found: dict[str, Number] = {}
    table = numeric(results.table("ceiling"), "value", "low", "high", "largest", "target")
    for row in table.to_dict("records"):
        name, factor = {"vpc": ("ceiling_vpc", 100), "odds_ratio": ("ceiling_burnout", 1)}.get(row["quantity"], ("", 1))
        if not name or row.get("ratings") == MADE_UP:
            continue
        unit = "%" if factor == 100 else "ratio"
        if row.get("reachable") == "no":
            found[f"{name}_largest"] = number(factor * row["largest"], SOURCE, unit)
        elif isfinite(row["value"]):
            ends = [factor * row[end] for end in ("low", "high")]
            known = ends if all(isfinite(end) for end in ends) else [None, None]
            found[name] = number(factor * row["value"], SOURCE, unit, *known)
        if isfinite(row["target"]):
            found["missed"] = number(round(100 * (1 - row["target"]), 6), SOURCE, "%")
    return found


def could_not(results: Results, said: Numbers) -> str:
    """Return the sentences of page one: what would probably have been missed."""
    if "ceiling" not in results:
        if not results.settings.could_have_shown.replicates:
            return NOT_ASKED
        return _sentence(results.reason("ceiling")) or "It could not be worked out; the tables give no reason."
    found = [
        _missed(said, "ceiling_vpc", f"a share of variance between {results.units} (VPC) below {{}}{NARROW}%"),
        _missed(said, "ceiling_burnout", "an odds ratio of burnout below {} per SD"),
    ]
    return " ".join(text for text in found if text) or " ".join(in_words(results.table("ceiling")))


def _missed(said: Numbers, name: str, what: str) -> str:
    if "missed" not in said.numbers:
        return ""
    often = f"would have been missed in more than {said.n('missed')} of 100 such data sets"
    if name in said.numbers:
        text = what.format(said.plain(name))
        found = (
            f" The estimate is {said.plain('vpc')}{NARROW}%." if name == "ceiling_vpc" and "vpc" in said.numbers else ""
        )
        return f"{text[:1].upper()}{text[1:]} {often}.{found}"
    if f"{name}_largest" in said.numbers:
        text = what.replace("below", "as large as").format(said.plain(f"{name}_largest"))
        return f"Even {text} {often}."
    return ""


def _sentence(reason: str) -> str:
    return f"{reason[:1].upper()}{reason[1:].rstrip('.')}." if reason else ""


def in_words(table: pd.DataFrame) -> list[str]:
    """Return the sentence of each row."""
    column = first(table, "sentence", "in_words", "words")
    return [] if column is None else [str(text) for text in table[column].dropna()]
