"""From the files to tables with canonical names: columns are found, converted and renamed; nothing is judged."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from iatrogenesis.core.instruments import Instruments
from iatrogenesis.core.tables import DataError
from iatrogenesis.own_data import client_tables, from_sessions, reading
from iatrogenesis.own_data.mapped import Mapped, nothing_remarked, nothing_unconverted
from iatrogenesis.own_data.naming import (
    named,
    refuse_columns_of_nhs,
    refuse_membership_without_sessions,
    refuse_unknown_columns,
    refuse_unknown_instruments,
    refuse_unsaid_replacements,
)
from iatrogenesis.own_data.settings import OwnData
from iatrogenesis.own_data.source import Source, missing_column

__all__ = ["Mapped", "mapped"]

TURNED = "turned round"


def mapped(settings: OwnData, folder: Path, instruments: Instruments) -> Mapped:
    """Read the files of an analysis and return their tables with canonical names.

    Parameters
    ----------
    settings
        Which files, and which columns mean what.
    folder
        What the settings' paths are relative to.
    instruments
        The catalogue of instruments.

    Raises
    ------
    DataError
        If a file cannot be read, or a named column is not there or is there twice.
    """
    data = settings.data
    refuse_unsaid_replacements(settings, instruments)
    if data.nhs is not None:
        from iatrogenesis.own_data.nhs import mapped as from_nhs

        refuse_columns_of_nhs(settings.columns)
        own = settings.columns.covariates
        return from_nhs(data.nhs, folder, data, settings.analysis.attribution, covariates=own, instruments=instruments)
    if data.counts is not None:
        return _counts(settings, Source(reading.read(folder / data.counts, data.of("counts")), data, "counts"))
    refuse_unknown_instruments(settings, instruments)
    paths = {"clients": data.clients, "sessions": data.sessions}
    sources = {
        table: Source(reading.read(folder / path, data.of(table)), data, table)
        for table, path in paths.items()
        if path is not None
    }
    refuse_unknown_columns(settings.columns, sources)
    refuse_membership_without_sessions(settings, sources)
    return _people(settings, sources)


def _people(settings: OwnData, sources: Mapping[str, Source]) -> Mapped:
    columns, rule = settings.columns, settings.analysis.attribution
    sessions = clients = None
    origin: dict[str, tuple[str, str]] = {}
    if "clients" in sources:
        source = sources["clients"]
        source.use_dates([name for name in (columns.started, columns.ended) if name])
        clients = pd.DataFrame(
            client_tables.keys(source, columns) | client_tables.of_client(source, columns), index=source.raw.table.index
        )
        origin |= source.origin
    if "sessions" in sources:
        source = sources["sessions"]
        sessions, constant = client_tables.of_sessions(source, columns, () if clients is None else clients)
        made = from_sessions.courses(sessions, list(columns.scores), constant, rule)
        client_tables.remark_on_courses(source, sessions, made, constant, rule)
        origin = client_tables.origin_of_made(source.origin, made, columns) | origin
        origin |= {f"sessions.{name}": place for name, place in source.origin.items() if name in sessions}
        sessions = sessions.drop(columns=constant)
        clients = made if clients is None else client_tables.filled(clients, made, sources)
    assert clients is not None  # noqa: S101 - the settings name one of the two
    if "period" not in clients and "ended" in clients:
        clients = clients.assign(period=clients["ended"].dt.strftime("%Y").astype("str"))
        origin["period"] = origin.get("ended", ("", "ended"))
    tables, turned = _turned_round({"clients": clients, "sessions": sessions}, settings, sources)
    remarks, failed, notes = _account(list(sources.values()))
    return Mapped(tables["clients"], tables["sessions"], None, origin, failed, notes, remarks, turned)


def _turned_round(
    tables: Mapping[str, pd.DataFrame | None], settings: OwnData, sources: Mapping[str, Source]
) -> tuple[dict[str, pd.DataFrame | None], dict[str, tuple[float, float]]]:
    """Return the tables with higher scores worse everywhere, and which instruments were turned round."""
    own = {key: i for key, i in settings.instruments.items() if i.higher_is == "better"}
    result, turned = dict(tables), {}
    for key, instrument in own.items():
        for which, table in result.items():
            names = [name for name in (key, f"{key}_first", f"{key}_last") if table is not None and name in table]
            if table is not None and names:
                result[which] = table.assign(
                    **{name: instrument.minimum + instrument.maximum - table[name] for name in names}
                )
                turned[key] = (instrument.minimum, instrument.maximum)
        if key in turned:
            low, high = turned[key]
            text = f"{instrument.name}: higher is better there; each score became {low:g} + {high:g} - score."
            next(iter(sources.values())).remark(TURNED, key, "", 0, text)
    return result, turned


def _counts(settings: OwnData, source: Source) -> Mapped:
    columns = settings.columns
    unit = columns.unit or columns.therapist or columns.service
    for field, name in (("unit", unit), ("n", columns.n), ("events", columns.events)):
        if name is None:
            raise DataError(f"columns.{field} is not named: counts need unit, n and events.")
    for field, name in named(columns).items():
        if not source.has(name):
            raise missing_column(name, field, [source])
    table = {"unit_id": source.ids("unit_id", str(unit))}
    table["period"] = (
        source.texts("period", columns.period) if columns.period else pd.Series("all", source.raw.table.index)
    )
    table["n"] = source.whole_numbers("n", str(columns.n))
    table["deteriorated"] = source.whole_numbers("deteriorated", str(columns.events))
    remarks, failed, notes = _account([source])
    return Mapped(None, None, pd.DataFrame(table), source.origin, failed, notes, remarks)


def _account(sources: Sequence[Source]) -> tuple[pd.DataFrame, pd.DataFrame, tuple[str, ...]]:
    """Return remarks, cells that could not be converted, and the remarks as sentences that name file and column."""
    remarks = pd.concat([nothing_remarked(), *(source.remarks for source in sources)], ignore_index=True)
    failed = pd.concat(
        [nothing_unconverted(), *(t for source in sources for t in source.unconverted)], ignore_index=True
    )
    notes = tuple(
        f"{file}{f', column {column}' if column else ''}: {text}"
        for file, column, text in zip(remarks["file"], remarks["column"], remarks["text"], strict=True)
    )
    return remarks, failed, notes
