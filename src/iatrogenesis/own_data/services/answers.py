"""The tables of an analysis of counts."""

import numpy as np
import pandas as pd

from iatrogenesis.core.tables import DataError
from iatrogenesis.own_data.prepared import Prepared
from iatrogenesis.own_data.services import rolling, standing_out, summaries
from iatrogenesis.own_data.services.counted import Counted, counted
from iatrogenesis.own_data.services.forecasting import LEAST_PERIODS, ahead_table, process
from iatrogenesis.own_data.services.posterior import Posterior, fit_or_simpler
from iatrogenesis.own_data.settings import OwnData

TELLING = 3  # target periods from which coverage by rolling origin says something


def tables(prepared: Prepared, settings: OwnData) -> dict[str, pd.DataFrame]:
    """Analyse counts by unit and period.

    Returns
    -------
    dict of pandas.DataFrame
        `services` (see `standing_out.table`), `services_model` (parameter, estimate, low, high), `services_notes`
        (subject, note: what was done and why something is missing); with two periods or more `forecast`, with four or
        more `rolling_origin` and `rolling_pit`.

    Raises
    ------
    DataError
        If these are no counts, or there are fewer than 5 units.
    """
    if prepared.about.kind != "counts":
        raise DataError(f"{prepared.about.name}: holds {prepared.about.kind}, not counts by unit and period.")
    data, seed = counted(prepared.tables["counts"], prepared.about.name), settings.analysis.seed
    ahead = int(len(data.periods) >= LEAST_PERIODS)
    posterior = fit_or_simpler(data.extended(ahead), process(data), seed)
    level, least = settings.analysis.false_discovery_rate, settings.privacy.least_named
    found = {"services": standing_out.table(posterior, level, least), "services_model": model(posterior)}
    if ahead:
        found["forecast"] = ahead_table(posterior, 1, seed)
    rows = rolling.rolled(data, seed) if len(data.periods) > rolling.LEAST_HISTORY else pd.DataFrame()
    if len(rows):
        found |= {"rolling_origin": summaries.summary(rows), "rolling_pit": summaries.histogram(rows)}
    notes = _notes(data, posterior, len(prepared.tables["counts"]), level, least)
    found["services_notes"] = pd.DataFrame(notes, columns=["subject", "note"])
    return found


def model(posterior: Posterior) -> pd.DataFrame:
    """Return the parameters and each period's typical rate with 95 % intervals."""
    typical = 1 / (1 + np.exp(-posterior.periods))
    drawn = dict(posterior.parameters)
    if {"next", "lasting"} <= set(drawn):
        drawn["far"] = drawn["next"] * drawn["lasting"]
    drawn |= {f"typical rate {period}": typical[:, at] for at, period in enumerate(posterior.counted.periods)}
    rows = [(name, value.mean(), *np.quantile(value, [0.025, 0.975])) for name, value in drawn.items()]
    return pd.DataFrame(rows, columns=["parameter", "estimate", "low", "high"])


def _notes(data: Counted, posterior: Posterior, rows: int, level: float, least: int) -> list[tuple[str, str]]:
    seen, shown = data.seen, data.shown
    suppressed, gone = int((seen & np.isnan(shown)).sum()), int((~seen[:, -1]).sum())
    notes = [
        ("rows", f"{rows} rows; {int(seen.sum())} with courses and an outcome are analysed."),
        (
            "process",
            f"{posterior.process.name}; Pareto k {posterior.k:.2f}, {posterior.effective:.0f} effective draws.",
        ),
        (
            "standing out",
            f"{len(data.units)} units; false discovery rate {level:g} within a period; units with fewer than {least} "
            "courses are not judged. Differences between units are case mix, coding and who counts as finished, too: "
            "a rate that stands out is no cause.",
        ),
    ]
    if data.rounding > 1:
        hidden = f"{suppressed} suppressed ones for 0 to 4"
        notes.append(("rounding", f"Counts are multiples of {data.rounding}: each stands for a range; {hidden}."))
    if gone:
        notes.append(("ended", f"{gone} units have no data in {data.periods[-1]}; merged units are not joined."))
    periods = len(data.periods)
    if periods < LEAST_PERIODS:
        notes.append(("forecast", "None: a single period does not show how much rates move."))
    if periods <= rolling.LEAST_HISTORY:
        notes.append(
            ("rolling origin", f"None: it needs {rolling.LEAST_HISTORY + 1} periods, and there are {periods}.")
        )
    elif periods < rolling.LEAST_HISTORY + TELLING:
        few = periods - rolling.LEAST_HISTORY
        notes.append(("rolling origin", f"{few} target periods: coverage of common shocks cannot be told from so few."))
    return notes
