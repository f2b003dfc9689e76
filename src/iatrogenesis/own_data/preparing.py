"""From the settings of an analysis to its prepared tables: read, map, check, exclude and count, anonymise."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from iatrogenesis.core.instruments import Instruments
from iatrogenesis.core.tables import DataError
from iatrogenesis.own_data.prepared import Prepared
from iatrogenesis.own_data.settings import OwnData


@dataclass(frozen=True)
class Preparation:
    """What the checks found, and the prepared tables where they allow an analysis.

    Attributes
    ----------
    prepared
        None where a check is fatal.
    checks
        One row per check, see `iatrogenesis.own_data.checks`.
    flow
        Columns step, reason, rows, clients, therapists: see `iatrogenesis.own_data.flow`.
    fatal
        Messages of the checks that forbid an analysis.
    """

    prepared: Prepared | None
    checks: pd.DataFrame
    flow: pd.DataFrame
    fatal: tuple[str, ...] = ()

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


def prepared(settings: OwnData, folder: Path, instruments: Instruments) -> Preparation:
    """Read, map and check the data; exclude what cannot be used, and count it.

    Parameters
    ----------
    settings
        Of the analysis; their paths are relative to `folder`.
    folder
        Where the settings lie.
    instruments
        Those of `config/instruments.yaml`.

    Returns
    -------
    Preparation
        With `prepared` None where a check is fatal, so that page and table of the checks can be written first.

    Raises
    ------
    DataError
        If a file cannot be read.
    """
    raise NotImplementedError
