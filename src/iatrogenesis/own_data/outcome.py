"""Finished, deteriorated, improved: worked out from checked scores, by the rule of each instrument."""

from collections.abc import Mapping
from math import sqrt

import pandas as pd

from iatrogenesis.core.instruments import CRITICAL, Instrument, Instruments
from iatrogenesis.core.tables import DataError
from iatrogenesis.own_data.prepared import KnownInstrument
from iatrogenesis.own_data.settings import OwnData, OwnInstrument

GIVEN = "deteriorated_given"
ROUNDING = 1e-9  # a change of exactly the reliable change counts, however the scores were divided


def instruments(settings: OwnData, clients: pd.DataFrame, catalogue: Instruments) -> dict[str, KnownInstrument]:
    """Return the instruments that have scores, each with its rule of change; higher is worse for all.

    Reliable change is the one given, else ``1.96 sqrt(2) SD sqrt(1 - reliability)`` (Jacobson & Truax,
    10.1037/0022-006X.59.1.12), with the SD given, else that of these clients' first scores.

    Parameters
    ----------
    settings
        With the instruments of one's own, which come before those of the catalogue.
    clients
        Table with ``<instrument>_first`` and ``<instrument>_last``.
    catalogue
        Those of `config/instruments.yaml`.

    Raises
    ------
    DataError
        If the SD is needed and cannot be worked out.
    """
    known: dict[str, KnownInstrument] = {}
    for key in {**settings.instruments, **catalogue.by_name()}:
        if f"{key}_first" not in clients and f"{key}_last" not in clients:
            continue
        own = settings.instruments.get(key)
        known[key] = _catalogued(catalogue.by_name()[key]) if own is None else _own(key, own, clients)
    return known


def _catalogued(instrument: Instrument) -> KnownInstrument:
    change = instrument.reliable_change
    return KnownInstrument(
        name=instrument.name,
        minimum=instrument.minimum,
        maximum=instrument.maximum,
        reliable_change=float(change),
        reliability=float(instrument.reliability),
        sd=float(instrument.sd),
        caseness=float(instrument.caseness),
        source=f"published reliable change ({change.cite})" if change.cite else "published reliable change",
    )


def _own(key: str, own: OwnInstrument, clients: pd.DataFrame) -> KnownInstrument:
    sd, whose = own.sd, "the SD given"
    if sd is None and own.reliability is not None:
        first = clients.get(f"{key}_first", pd.Series(dtype="float64"))
        sd, whose = float(first.std()), "the SD of these clients' first scores"
    change, source = own.reliable_change, "reliable change as the settings give it"
    if change is None:
        if sd is None or own.reliability is None or not sd > 0:
            raise DataError(
                f"instruments.{key}: reliable change cannot be worked out, since the first scores do not vary or are "
                "missing. Give sd, or reliable_change."
            )
        change = CRITICAL * sqrt(2) * sd * sqrt(1 - own.reliability)
        source = f"reliable change worked out from reliability {own.reliability:g} and {whose} ({sd:.3g})"
    cut = own.caseness
    if cut is not None and own.higher_is == "better":  # as the scores, which mapping turned round
        cut = own.minimum + own.maximum - cut
    return KnownInstrument(
        name=own.name,
        minimum=own.minimum,
        maximum=own.maximum,
        reliable_change=change,
        reliability=own.reliability,
        sd=sd if sd is not None and sd > 0 else None,
        caseness=cut,
        source=source,
    )


def judging(clients: pd.DataFrame, known: Mapping[str, KnownInstrument], settings: OwnData) -> tuple[str, ...]:
    """Return the instruments by which change is judged: those that the settings name, else all with both scores.

    Raises
    ------
    DataError
        If one that the settings name lacks first or last scores.
    """
    both = tuple(key for key in known if {f"{key}_first", f"{key}_last"} <= set(clients.columns))
    for key in settings.outcome.instruments:
        if key not in both:
            raise DataError(
                f"outcome.instruments: {key!r} has no first and last scores (those that have: "
                f"{', '.join(both) or 'none'}). Name its columns, or leave it out."
            )
    return settings.outcome.instruments or both


def judged(clients: pd.DataFrame, known: Mapping[str, KnownInstrument], settings: OwnData) -> pd.DataFrame:
    """Return the clients with `finished`, `deteriorated` and, from scores, `improved`.

    *Deteriorated* is worse by the reliable change on at least one instrument and improved on none; *improved* the other
    way round. Where a score of an instrument that judges is missing, the outcome is missing, also where the others
    would settle it: who improved on one has not deteriorated, but to count these and not those who became worse would
    choose courses by their outcome. With a tenth of the second scores missing the rate would come out a twentieth too
    low, and lowest with the therapist whose clients lack most. A course without a known number of sessions is finished
    if its outcome is known. Outcomes of courses that are not finished are missing.

    Parameters
    ----------
    clients
        Checked. A column `deteriorated` of the file is used where there are no scores; otherwise it is kept as `GIVEN`.
    known
        From `instruments`.
    settings
        Which instruments judge, and after how many sessions.
    """
    names = judging(clients, known, settings)
    result = clients.copy()
    if names:
        if "deteriorated" in clients:
            result[GIVEN] = clients["deteriorated"].astype("boolean")
        up, down = _any_changed(clients, known, names, +1), _any_changed(clients, known, names, -1)
        gap = clients[[f"{name}_{when}" for name in names for when in ("first", "last")]].isna().any(axis=1)
        outcome, improved = (up & ~down).mask(gap), (down & ~up).mask(gap)
    elif "deteriorated" in clients:
        outcome, improved = clients["deteriorated"].astype("boolean"), None
    else:
        raise DataError(
            "There is no outcome: name first and last scores of an instrument (columns.first, columns.last), scores of "
            "sessions (columns.scores), or columns.deteriorated."
        )
    finished = outcome.notna()
    if "n_sessions" in clients:
        sessions = clients["n_sessions"].astype("Float64")
        finished = (sessions >= settings.outcome.finished_sessions).fillna(False) | (finished & sessions.isna())
    result["finished"] = finished.astype(bool)
    result["deteriorated"] = outcome.mask(~result["finished"])
    if improved is not None:
        result["improved"] = improved.mask(~result["finished"])
    return result


def _any_changed(
    clients: pd.DataFrame, known: Mapping[str, KnownInstrument], names: tuple[str, ...], sign: int
) -> pd.Series:
    """Return whether any instrument rose (+1) or fell (-1) by its reliable change."""
    found = pd.Series(False, index=clients.index, dtype="boolean")
    for name in names:
        rise = sign * (clients[f"{name}_last"] - clients[f"{name}_first"]).astype("Float64")
        found = found | (rise >= known[name].reliable_change - ROUNDING)  # missing or true is true
    return found
