"""Finished, deteriorated, improved: worked out from checked scores, by the rule of each instrument."""

from collections.abc import Mapping

import pandas as pd

from iatrogenesis.core.instruments import Instruments
from iatrogenesis.own_data.prepared import KnownInstrument
from iatrogenesis.own_data.settings import OwnData


def instruments(settings: OwnData, clients: pd.DataFrame, catalogue: Instruments) -> dict[str, KnownInstrument]:
    """Return the instruments that have scores, each with its rule of change.

    Parameters
    ----------
    settings
        With the instruments of one's own.
    clients
        Table with ``<instrument>_first`` and ``<instrument>_last``.
    catalogue
        Those of `config/instruments.yaml`.

    Raises
    ------
    DataError
        If an instrument is neither in the catalogue nor in the settings.
    """
    raise NotImplementedError


def judged(clients: pd.DataFrame, known: Mapping[str, KnownInstrument], settings: OwnData) -> pd.DataFrame:
    """Return the clients with `finished`, `deteriorated` and, from scores, `improved`."""
    raise NotImplementedError
