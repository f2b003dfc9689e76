"""From the settings of an analysis to its prepared tables: read, map, check, exclude and count, replace ids."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd

from iatrogenesis.core.instruments import Instruments
from iatrogenesis.core.tables import DataError
from iatrogenesis.own_data import checks
from iatrogenesis.own_data.checks import Checked
from iatrogenesis.own_data.checks.outcome import too_short
from iatrogenesis.own_data.codes import anonymised, key_path
from iatrogenesis.own_data.flow import JUDGED, USABLE, Flow
from iatrogenesis.own_data.mapped import Mapped
from iatrogenesis.own_data.mapping import mapped
from iatrogenesis.own_data.prepared import Prepared
from iatrogenesis.own_data.settings import OwnData
from iatrogenesis.own_data.usable import about, tables


@dataclass(frozen=True)
class Preparation:
    """What the checks found, and the prepared tables where they allow an analysis.

    Attributes
    ----------
    prepared
        None where a check is fatal.
    checks
        One row per check, see `iatrogenesis.own_data.checks.Checked`.
    flow
        Columns step, reason, rows, clients, therapists: see `iatrogenesis.own_data.flow`. Of counts, `therapists` are
        units. Without rows where the files could not be read.
    fatal
        Messages of the checks that forbid an analysis.
    notes
        What was found out or decided while reading, one sentence each.
    """

    prepared: Prepared | None
    checks: pd.DataFrame
    flow: pd.DataFrame
    fatal: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def required(self) -> Prepared:
        """Return the prepared tables.

        Raises
        ------
        DataError
            With every fatal finding, if there is one.
        """
        if self.prepared is None:
            raise DataError("\n".join(self.fatal))
        return self.prepared


def prepared(settings: OwnData, folder: Path, instruments: Instruments, *, today: date | None = None) -> Preparation:
    """Read, map and check the data; exclude what cannot be used, and count it.

    Parameters
    ----------
    settings
        Of the analysis; their paths are relative to `folder`.
    folder
        Where the settings lie.
    instruments
        Those of `config/instruments.yaml`.
    today
        Dates after it lie in the future; by default the date of the machine.

    Returns
    -------
    Preparation
        With `prepared` None where a check is fatal or a file cannot be read, so that page and table of the checks can
        be written first.

    Raises
    ------
    DataError
        If the key file cannot be where it should be.
    """
    key = key_path(settings, folder) if settings.privacy.anonymise else None
    try:
        found = mapped(settings, folder, instruments)
        checked = checks.run(found, settings, instruments, today=today)
    except DataError as error:
        unread = checks.unread(str(error))
        return Preparation(None, unread.table, _empty_flow(), unread.fatal)
    flow = flow_of(found, checked, settings)
    if checked.fatal:
        return Preparation(None, checked.table, flow, checked.fatal, found.notes)
    made = tables(found, checked, settings)
    if key is not None:
        made = anonymised(made, key)
    return Preparation(Prepared(about(found, checked, settings, made), made), checked.table, flow, (), found.notes)


def flow_of(found: Mapped, checked: Checked, settings: OwnData) -> pd.DataFrame:
    """Return the flow from the records of the file to the courses that are judged."""
    table = found.counts if found.clients is None else found.clients
    if table is None:
        return _empty_flow()
    people = [table.get("client_id"), table.get("therapist_id", table.get("unit_id"))]
    flow = Flow(people[0], people[1], table.index)
    for reason, rows in checked.excluded.groupby("reason", sort=False)["row"]:
        flow.leave_out(USABLE, str(reason), rows.to_numpy())
    flow.reach(USABLE)
    kept = checked.kept
    if kept is not None and "finished" in kept.columns:
        least = settings.outcome.finished_sessions
        flow.leave_out(JUDGED, f"fewer than {least} sessions", kept.index[too_short(kept, least)])
        flow.leave_out(JUDGED, "first or last score, or outcome, missing", kept.index[kept["deteriorated"].isna()])
        flow.reach(JUDGED)
    return flow.table()


def _empty_flow() -> pd.DataFrame:
    return Flow(None, None, []).table().iloc[:0]
