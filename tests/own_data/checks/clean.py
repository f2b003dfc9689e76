"""A service without a fault, and how a test puts one in."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd

from iatrogenesis.own_data.mapped import UNCONVERTED, Mapped
from iatrogenesis.own_data.settings import OwnData

THERAPISTS, EACH = 10, 40
ROWS = THERAPISTS * EACH
Change = Callable[[Mapped], Mapped]


def clean_clients() -> pd.DataFrame:
    """400 courses of 10 therapists in 2 services, of which 20 deteriorated, in rows 2 to 401 of a file."""
    chance = np.random.default_rng(1)
    therapist = np.repeat(np.arange(THERAPISTS), EACH)
    severity = chance.normal(size=ROWS)
    phq, gad = (np.clip(np.rint(m + 3 * severity + chance.normal(size=ROWS)), 7, 16) for m in (13, 12))
    worse = np.arange(ROWS) % 20 == 7
    fall = np.where(worse, -7, chance.integers(0, 7, ROWS))
    started = pd.Timestamp("2023-01-02") + pd.to_timedelta(chance.integers(0, 600, ROWS), unit="D")
    n_sessions = chance.integers(3, 12, ROWS)
    years = chance.integers(18, 80, ROWS)
    ended = started + pd.to_timedelta(7 * n_sessions, unit="D")
    return pd.DataFrame(
        {
            "client_id": [f"c{i:04d}" for i in range(ROWS)],
            "therapist_id": [f"T{one:02d}" for one in therapist],
            "service_id": np.where(therapist < 5, "north", "south"),
            "period": pd.Series(ended).dt.year.astype("str").to_numpy(),
            "started": started,
            "ended": ended,
            "n_sessions": n_sessions,
            "phq9_first": phq,
            "phq9_last": phq - fall,
            "gad7_first": gad,
            "gad7_last": gad - np.where(worse, 0, np.minimum(fall, 3)),
            "age_years": years.astype(float),
            "age_band": np.where(years < 26, "18-25", np.where(years < 65, "26-64", "65-74")),
            "deprivation": chance.integers(1, 11, ROWS).astype(float),
            "x_gender": chance.choice(["woman", "man"], ROWS),
            "burnout_rating": 1.0 + therapist % 5,
        },
        index=pd.RangeIndex(2, ROWS + 2, name="row"),
    )


def mapped(clients: pd.DataFrame | None = None, **others: object) -> Mapped:
    """Return tables as reading leaves them, from files clients.csv and so on."""
    tables = {"clients": clients, **others}
    origin = {}
    for table, content in tables.items():
        if isinstance(content, pd.DataFrame):
            prefix = "sessions." if table == "sessions" else ""
            origin |= {f"{prefix}{name}": (f"{table}.csv", name.upper()) for name in content.columns}
    return Mapped(clients=clients, origin=origin, **others)  # type: ignore[arg-type]


def clean() -> Mapped:
    return mapped(clean_clients())


def clean_sessions() -> pd.DataFrame:
    """Every session of `clean_clients`."""
    clients = clean_clients()
    who = np.repeat(np.arange(ROWS), clients["n_sessions"])
    number = np.concatenate([np.arange(1, n + 1) for n in clients["n_sessions"]])
    return pd.DataFrame(
        {"client_id": clients["client_id"].to_numpy()[who], "session": number, "phq9": (10.0 + who % 5)},
        index=pd.RangeIndex(2, len(who) + 2, name="row"),
    )


def with_sessions() -> Mapped:
    return mapped(clean_clients(), sessions=clean_sessions())


def clean_counts() -> pd.DataFrame:
    """8 services in 3 years."""
    unit = np.repeat(np.arange(8), 3)
    return pd.DataFrame(
        {
            "unit_id": [f"service {one}" for one in unit],
            "period": np.tile(["2021-22", "2022-23", "2023-24"], 8),
            "n": 400 + 31 * unit + 7 * np.tile(np.arange(3), 8),
            "deteriorated": 20 + 2 * unit,
        },
        index=pd.RangeIndex(2, 26, name="row"),
    )


def with_counts() -> Mapped:
    return mapped(counts=clean_counts())


def settings(**changes: dict) -> OwnData:
    """Settings of the clean service, with sections changed."""
    sections = {
        "name": "clean",
        "data": {"clients": "clients.csv"},
        "columns": {"client": "client", "therapist": "therapist"},
        **changes,
    }
    return OwnData.model_validate(sections)


def setting(column: str, rows: object, value: object, table: str = "clients") -> Change:
    """Return a fault: a value in some rows (of the file) of a column."""

    def change(found: Mapped) -> Mapped:
        content = getattr(found, table).copy()
        content[column] = content[column].astype(object)
        content.loc[rows, column] = value
        content[column] = content[column].infer_objects()
        return replace(found, **{table: content})

    return change


def changing(alter: Callable[[pd.DataFrame], pd.DataFrame], table: str = "clients") -> Change:
    """Return a fault: a table altered as a whole."""
    return lambda found: replace(found, **{table: alter(getattr(found, table).copy())})


def unreadable(field: str, wanted: str, cells: dict[int, str], table: str = "clients") -> Change:
    """Return a fault: cells that could not be converted, and are missing in the table."""

    def change(found: Mapped) -> Mapped:
        content = getattr(found, table).copy()
        content.loc[list(cells), field] = None
        lines = [
            {"table": table, "field": field, "file": f"{table}.csv", "row": row, "column": field.upper(),
             "value": value, "wanted": wanted}
            for row, value in cells.items()
        ]  # fmt: skip
        return replace(found, **{table: content}, unconverted=pd.DataFrame(lines)[list(UNCONVERTED)])

    return change
