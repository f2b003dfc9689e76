"""What each picture shows, for those who cannot see it, and how it is read: from the tables, not from the picture."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pandas as pd

from iatrogenesis.own_data.reporting.beside import beside
from iatrogenesis.own_data.reporting.cells import numeric, true
from iatrogenesis.own_data.reporting.charts import charts_shown
from iatrogenesis.own_data.reporting.consort import steps
from iatrogenesis.own_data.reporting.flagged import standing_out
from iatrogenesis.own_data.reporting.results import Results
from iatrogenesis.own_data.reporting.units import last_period, unlike_others
from iatrogenesis.own_data.reporting.varied import choices
from iatrogenesis.report.rounding import with_interval


class Words(NamedTuple):
    """A picture's alternative text and its caption."""

    alt: str
    caption: str


def words(results: Results) -> dict[str, Words]:
    """Return the words of every picture, in the order of the page."""
    return {
        name: Words(alt(results), caption.format(unit=results.unit, units=results.units))
        for name, (alt, caption) in _WORDS.items()
    }


def _range(values: pd.Series, percent: bool = True) -> str:
    found = values.dropna() * (100 if percent else 1)
    if found.empty:
        return "unknown"
    digits = 1 if found.max() >= 5 else 2
    return f"{found.min():.{digits}f} to {found.max():.{digits}f}{' %' if percent else ''}"


def _flow(results: Results) -> str:
    said = [f"{'left out: ' if one.excluded else ''}{one.title}, {', '.join(one.numbers)}" for one in steps(results)]
    return f"Flow diagram. {'; '.join(said)}."


def _overview(results: Results) -> str:
    counts = results.about.kind == "counts"
    rows = numeric(last_period(results) if counts else results.people, "rate", "rate_low", "rate_high")
    out = int(unlike_others(results).sum()) if counts else len(standing_out(results))
    return (
        f"{len(rows)} {results.units} in the order of their modelled rates, from {_range(rows['rate'])}. Their 95 % "
        f"intervals reach from {_range(pd.concat([rows['rate_low'], rows['rate_high']]))}; {out} stand out."
    )


def _funnel(results: Results) -> str:
    rows = numeric(results.people, "raw_rate", "clients")
    beyond = rows.get("beyond_exact", pd.Series(dtype=str))
    high, low = int((beyond == "above").sum()), int((beyond == "below").sum())
    return (
        f"Funnel plot of raw rates, {_range(rows['raw_rate'])}, against {_range(rows['clients'], False)} finished "
        "courses. "
        f"By exact tails that allow for case mix, {high} lie above and {low} below the 95 % limits."
    )


def _caterpillar(results: Results) -> str:
    rows = numeric(results.people, "raw_rate", "rate")
    return (
        f"Raw rates reach from {_range(rows['raw_rate'])}; standardised rates are drawn towards the average and reach "
        "from "
        f"{_range(rows['rate'])}. The intervals of neighbours overlap."
    )


def _ranks(results: Results) -> str:
    rows = numeric(results.people, "rank_low", "rank_high")
    width = float(np.nanmedian(rows["rank_high"] - rows["rank_low"] + 1)) if rows["rank_low"].notna().any() else 0
    return f"Sets of ranks of {len(rows)} {results.units}; half of the sets hold {width:.0f} ranks or more."


def _estimates(results: Results) -> str:
    rows = beside(results)
    narrow = (rows["high"] - rows["low"]) / (rows["prior_high"] - rows["prior_low"])
    return (
        f"Prior beside posterior intervals of {len(rows)} quantities. Posterior intervals are "
        f"{_range(narrow)} of the priors’ width; the tables below have the numbers."
    )


def _allocation(results: Results) -> str:
    rows = numeric(results.table("allocation"), "icc", "p")
    beyond = int((rows["p"] <= 0.05).sum())
    return (
        f"Share of variance between {results.units} of {len(rows)} covariates, {_range(rows['icc'])}; {beyond} of them "
        "more "
        "than by chance."
    )


def _cusum(results: Results) -> str:
    chosen = charts_shown(results)
    alarms = int(true(chosen["alarm"]).sum()) if "alarm" in chosen else 0
    return f"{len(chosen)} charts of the sum of evidence over finished courses; {alarms} cross their threshold."


def _periods(results: Results) -> str:
    table = results.table("periods")
    rates = table[table["quantity"] == "rate"] if "quantity" in table else table
    rows = numeric(rates, "estimate", "low", "high").to_dict("records")
    return f"Rate of each period with its 95 % interval. {'; '.join(_of_period(row) for row in rows)}."


def _of_period(row: dict) -> str:
    value, low, high = (100 * row[name] for name in ("estimate", "low", "high"))
    return f"{row.get('period', '')}: {with_interval(value, low, high)} %"


def _sensitivity(results: Results) -> str:
    rows = choices(results)
    return (
        f"{len(rows)} other choices. The therapists’ SD reaches from {_range(rows['value'], False)} log odds, the rate "
        "from "
        f"{_range(rows['rate'])}; the tables below have the numbers."
    )


def _could(results: Results) -> str:
    rows = numeric(results.table("error_rates"), "sensitivity", "fdr")
    return (
        f"Error rates of {rows['rule'].nunique() if 'rule' in rows else 0} rules in simulated outcomes of these "
        "clients. "
        f"Sensitivity reaches from {_range(rows['sensitivity'])}, the false discovery rate from {_range(rows['fdr'])}."
    )


def _services(results: Results) -> str:
    rows = numeric(last_period(results), "raw_rate", "rate")
    return (
        f"{len(rows)} units in the last period: raw rates reach from {_range(rows['raw_rate'])}, modelled ones from "
        f"{_range(rows['rate'])}."
    )


def _forecast(results: Results) -> str:
    rows = numeric(results.table("forecast"), "q025", "q50", "q975")
    return (
        f"Forecasts of {len(rows)} units: medians reach from {_range(rows['q50'])}, 95 % intervals from "
        f"{_range(pd.concat([rows['q025'], rows['q975']]))}."
    )


_WORDS: dict[str, tuple[Callable[[Results], str], str]] = {
    "overview": (
        _overview,
        "Each bar is one {unit}: its rate by the model, which allows for chance and recorded case mix (dot), and the "
        "95 % interval. Where bars overlap, the order says little. Without names, because this is not a ranking.",
    ),
    "flow": (_flow, "Data flow: what was read, what was left out and why, and what was analysed."),
    "services": (
        _services,
        "Rate by the model (filled dot; bar: 95 % interval) and raw rate (open circle) in the last period. Case mix is "
        "not known.",
    ),
    "estimates": (
        _estimates,
        "What was assumed (thin, grey) beside what the data made of it (thick, blue): 95 % intervals. Where both are "
        "as wide, "
        "the data hardly moved the prior.",
    ),
    "allocation": (
        _allocation,
        "Share of each covariate’s variance that lies between {units} (intraclass correlation), beside what clients "
        "dealt out by chance would give. Case mix that was not recorded is not in it.",
    ),
    "funnel": (
        _funnel,
        "Raw rates against finished courses. If all {units} had the overall rate, 95 % would lie between the dashed "
        "and 99.8 % "
        "between the dotted limits (exact binomial); the shaded limits also allow for differences that all share "
        "(overdispersion). Triangles lie outside by exact tails that allow for case mix.",
    ),
    "caterpillar": (
        _caterpillar,
        "Standardised rate (filled dot; bar: 95 % interval) and raw rate (open circle) of each {unit}. Dashed line: "
        "average. "
        "A dash stands for those who are not named.",
    ),
    "ranks": (
        _ranks,
        "Rank 1 is the lowest rate. Thick: the 95 % set of each {unit} alone; thin: sets that hold for all at once.",
    ),
    "cusum": (
        _cusum,
        "Each chart has its own threshold (dashed), simulated for the stated chance of a false alarm. Triangle: first "
        "alarm. Of "
        "many charts, those nearest to an alarm.",
    ),
    "periods": (_periods, "Rates by period with 95 % intervals."),
    "sensitivity": (
        _sensitivity,
        "Spread between {units} and rate of deterioration under other choices. Where intervals part, the answer rests "
        "on the choice.",
    ),
    "could": (
        _could,
        "Error rates of the rules in simulated outcomes of these clients, by how much {units} truly differ. A rule is "
        "good "
        "if it finds many of those whose true rate is far above the average, and few others.",
    ),
    "forecast": (_forecast, "Forecast of the next period: 50 and 95 % predictive intervals."),
}
