"""The tables `ceiling` and `error_rates`; their parts run side by side, and do not depend on how many do."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from math import isfinite

import numpy as np
import pandas as pd

from iatrogenesis.core.orphans import workers
from iatrogenesis.core.tables import DataError
from iatrogenesis.inference.models.priors import Priors
from iatrogenesis.inference.models.spread import vpc
from iatrogenesis.own_data.could_have_shown.costs import Plan, plan
from iatrogenesis.own_data.could_have_shown.flagging import error_rates
from iatrogenesis.own_data.could_have_shown.own_clients import OwnClients, own_clients
from iatrogenesis.own_data.finished import without_rows
from iatrogenesis.own_data.prepared import Prepared
from iatrogenesis.own_data.settings import OwnData
from iatrogenesis.planning.ceiling import Ceiling, burnout_ceiling, spread_ceiling

CEILING = (
    *("quantity", "value", "low", "high", "largest", "power", "power_low", "power_high", "reachable", "type_1_error"),
    *("target", "therapist_sd", "rate", "ratings", "reliability", "replicates", "therapists", "clients", "case_mix"),
    *("sentence", "note", "reason"),
)
"""Of `ceiling`: quantity is odds_ratio (per SD of true burnout) or vpc; `power` is that at the largest."""
ERROR_RATES = (
    *("rule", "therapists_differ", "therapist_sd", "vpc", "rate", "sensitivity", "sensitivity_mcse", "fpr"),
    *("fpr_mcse", "fdr", "fdr_mcse", "flagged", "flagged_mcse", "harmful", "therapists", "data_sets", "note"),
    "reason",
)
"""Of `error_rates`: flagged and harmful are therapists per data set, of those with courses enough to be named."""
NOT_AT_ALL = "not at all"
PILOT = 8
Job = Callable[[], list[dict]]


def tables(
    prepared: Prepared,
    settings: OwnData,
    priors: Priors,
    posterior_sd: Mapping[str, float] | None = None,
    workers: int = 1,
) -> dict[str, pd.DataFrame]:
    """Simulate what these data could have shown.

    Parameters
    ----------
    posterior_sd
        Therapists' SD in log odds: low and high, the ends of its 90 % interval, and median. By default of a fit to
        these courses.
    workers
        Processes; the numbers do not depend on it.

    Returns
    -------
    dict of pandas.DataFrame
        `ceiling`, columns `CEILING`, and `error_rates`, columns `ERROR_RATES`. Where nothing can be simulated, or
        nothing was asked for, one row with the reason alone.
    """
    asked = settings.could_have_shown.replicates
    if not asked:
        return _nothing("not asked for (could_have_shown.replicates: 0)")
    try:
        own = own_clients(prepared, settings, priors, posterior_sd)
    except DataError as error:
        return _nothing(str(error).removeprefix(f"{prepared.about.name}: "))
    data = own.made.data
    chosen = plan(int(np.count_nonzero(data.clients)), int(data.trials.sum()), bool(own.adjusted), asked)
    print(
        f"Simulating {chosen.ceiling} and {chosen.model} data sets: about {chosen.seconds:.0f} core seconds", flush=True
    )
    spreads = {NOT_AT_ALL: 0.0} | dict(own.spreads)
    jobs: list[Job] = [partial(_ceiling, own, quantity, chosen) for quantity in ("burnout", "spread")]
    level = settings.analysis.false_discovery_rate
    # Priors are put together when a program runs: another process cannot be sent them, but what they are made of.
    jobs += [partial(_flags, own, name, sd, priors.model_dump(), level, chosen) for name, sd in spreads.items()]
    parts = _done(jobs, workers)
    found = {"ceiling": [*parts[0], *parts[1]], "error_rates": [row for part in parts[2:] for row in part]}
    note = chosen.in_words
    return {
        "ceiling": _table(found["ceiling"], CEILING, " ".join((*own.notes, *((note,) if note else ())))),
        "error_rates": _table(found["error_rates"], ERROR_RATES, note),
    }


def _nothing(reason: str) -> dict[str, pd.DataFrame]:
    return {"ceiling": without_rows(CEILING, reason), "error_rates": without_rows(ERROR_RATES, reason)}


def _table(rows: Sequence[dict], columns: Sequence[str], note: str) -> pd.DataFrame:
    return pd.DataFrame(rows).assign(note=note, reason="").reindex(columns=list(columns))


def _done(jobs: Sequence[Job], cores: int) -> list[list[dict]]:
    if cores == 1:
        return [job() for job in jobs]
    with workers(min(cores, len(jobs))) as pool:
        return list(pool.map(_call, jobs))


def _call(job: Job) -> list[dict]:
    return job()


def _ceiling(own: OwnClients, quantity: str, chosen: Plan) -> list[dict]:
    """One row: what could have been found with 80 % power."""
    made = own.made
    if quantity == "burnout" and made.truth.therapist_sd < 1e-3:
        return []
    of = burnout_ceiling if quantity == "burnout" else spread_ceiling
    found = of(made, chosen.ceiling, many=0, pilot=PILOT)
    shown = np.exp if quantity == "burnout" else vpc
    ends = {name: float(shown(getattr(found, name))) for name in ("value", "low", "high", "largest")}
    ends["high"] = ends["high"] if isfinite(found.high) else np.inf
    none = found.tried[found.tried["strength"] == 0].iloc[0]
    row = {
        "quantity": "odds_ratio" if quantity == "burnout" else "vpc",
        **ends,
        "power": found.power,
        "power_low": found.power_low,
        "power_high": found.power_high,
        "reachable": found.reachable,
        "type_1_error": float(none["rejected"]),
        "target": found.target,
        "therapist_sd": made.truth.therapist_sd if quantity == "burnout" else np.nan,
        "rate": float(made.data.deteriorated.sum() / made.data.trials.sum()),
        "ratings": ("own" if own.rated else "made up") if quantity == "burnout" else "",
        "reliability": own.reliability if quantity == "burnout" else np.nan,
        "replicates": chosen.ceiling,
        "therapists": int(np.count_nonzero(made.data.clients)),
        "clients": int(made.data.trials.sum()),
        "case_mix": own.adjusted,
        "sentence": sentence(found, own),
    }
    return [row]


def sentence(found: Ceiling, own: OwnClients) -> str:
    """Return a ceiling in words, with whose ratings it is about."""
    therapists = np.count_nonzero(own.made.data.clients)
    who = f"With these {therapists} therapists and {int(own.made.data.trials.sum()):,} finished courses: "
    if found.quantity == "burnout" and not own.rated:
        who = who.removesuffix(": ") + ", and ratings of burnout that were made up for them: "
    return who + found.in_words[0].lower() + found.in_words[1:]


def _flags(own: OwnClients, name: str, sd: float, priors: dict, level: float, chosen: Plan) -> list[dict]:
    """A row per rule, therapists differing by this SD."""
    made = own.made.under(own.made.truth.model_copy(update={"therapist_sd": sd, "burnout": 0.0}))
    about = {"therapists_differ": name, "therapist_sd": sd, "vpc": float(vpc(sd))}
    about["rate"] = float(made.data.deteriorated.sum() / made.data.trials.sum())
    rows = error_rates(made, Priors.model_validate(priors), chosen.model, own.least, level, chosen.strata)
    return [about | row for row in rows]
