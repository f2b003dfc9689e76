"""What reading, mapping and checks leave behind: tables with our own names, and what is in them.

===============  ====================================================================================================
`clients`        one row per course: `client_id` (text, one for each course: its row in the file, or a code of the key
                 file, never the client's own id), `therapist_id` (text); where known `service_id`, `period` (texts in
                 order of time; missing where the date is), `started`, `ended` (dates), `n_sessions` (int), `completed`
                 (boolean); `finished` (bool), `deteriorated` (boolean, missing where not finished or not known),
                 `improved` (boolean, only from scores); `<instrument>_first`, `<instrument>_last` (float, higher is
                 worse); covariates `deprivation` (float), `age_band` (text of `AGE_BANDS`), `x_<name>` (float, or text
                 for categories); `<trait>_rating` (float, SDs of these clients or therapists); `first_therapist_id`,
                 `first_share` for courses with two therapists, `most_therapist_id`, `last_therapist_id`,
                 `n_therapists`; of the NHS tables `n_treatment_contacts`, `therapist_qualified`,
                 `therapist_qualification`, `flag_completed`, `flag_deteriorated`. What each is stands in
                 `config/codebook.yaml`
`sessions`       `client_id`, `session` (int from 1), `date` where known, one float column per instrument
`counts`         `unit_id`, `period` (text; "all" without), `n`, `deteriorated` (int)
===============  ====================================================================================================
"""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd
from pydantic import Field

from iatrogenesis.core.files import read_json, read_parquet, write_json, write_parquet
from iatrogenesis.core.sources import Strict
from iatrogenesis.core.tables import made_as_a_whole

TABLES = ("clients", "sessions", "counts")
ABOUT = "about.json"


class KnownInstrument(Strict):
    """An instrument as it is used: with a rule of change, whatever it was made from."""

    name: str
    minimum: float
    maximum: float
    reliable_change: float
    reliability: float | None = None
    sd: float | None = None
    caseness: float | None = None
    source: str


class About(Strict):
    """What the prepared tables hold.

    Attributes
    ----------
    kind
        "clients" (with or without sessions) or "counts".
    case_mix
        Columns known before therapy that models may adjust for.
    ratings
        Traits with a column `<trait>_rating`.
    instruments
        By the name their columns carry; `judged_by` are those of the outcome, empty where the outcome was given.
    two_therapists
        Whether courses with two therapists are marked.
    periods
        In order of time; empty without.
    """

    name: str
    title: str
    kind: str
    case_mix: tuple[str, ...] = ()
    ratings: tuple[str, ...] = ()
    instruments: Mapping[str, KnownInstrument] = Field(default_factory=dict)
    judged_by: tuple[str, ...] = ()
    two_therapists: bool = False
    periods: tuple[str, ...] = ()


class Prepared:
    """The prepared tables of one analysis, by name, and what they hold."""

    def __init__(self, about: About, tables: Mapping[str, pd.DataFrame]) -> None:
        """Keep them."""
        self.about, self.tables = about, dict(tables)

    def write(self, folder: Path) -> None:
        """Write them into a folder that exists."""
        for name, table in self.tables.items():
            write_parquet(table, folder / f"{name}.parquet")
        write_json(self.about.model_dump(mode="json"), folder / ABOUT)

    @classmethod
    def read(cls, folder: Path) -> "Prepared":
        """Read them back."""
        with made_as_a_whole(folder):
            about = About.model_validate(read_json(folder / ABOUT))
            paths = {name: folder / f"{name}.parquet" for name in TABLES}
            return cls(about, {name: read_parquet(path) for name, path in paths.items() if path.is_file()})
