"""Table 1: the simulated population beside the published one."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from iatrogenesis.core.given import each_id_once, read_given, require_given
from iatrogenesis.core.sources import Sourced, SourcedShares
from iatrogenesis.core.yaml_text import ConfigError
from iatrogenesis.evidence.counted import Moments

COLUMNS = (
    *("id", "section", "characteristic", "unit", "variable", "moment", "evidence", "parameter", "value", "cite"),
    *("where", "certainty", "note"),
)
NONE = "none published"
"""What stands in place of a source where there is none."""
MOMENTS = ("mean", "sd")


def read_population(path: Path, references: frozenset[str]) -> pd.DataFrame:
    """Read what Table 1 compares; missing fields are empty.

    A row is a pattern of the evidence table (``evidence``), or a variable that is counted, beside a parameter of the
    world with its source, a published value with its own, or nothing.

    Raises
    ------
    ConfigError
        If a column is missing, an id is doubled, or a row is none of these, or gives a value without its source.
    """
    table = read_given(path, dtype=str)
    require_given(table, COLUMNS, path)
    each_id_once(table, path, "row")
    for number, row in enumerate(table.to_dict("records"), start=2):
        if fault := _fault(row, references):
            raise ConfigError(f"{path}: line {number} ({row['id']}): {fault}")
    return table


def _fault(row: Mapping[str, str], references: frozenset[str]) -> str | None:
    if not (row["section"] and row["characteristic"] and row["unit"]):
        return "give section, characteristic and unit"
    if bool(row["evidence"]) == bool(row["variable"]):
        return "give either a pattern (evidence) or what is counted (variable)"
    if row["variable"] and row["moment"] not in MOMENTS:
        return f"moment must be one of {', '.join(MOMENTS)} (found {row['moment']!r})"
    if sum(bool(row[name]) for name in ("evidence", "parameter", "value")) > 1:
        return "give one of evidence, parameter and value: one published value a row"
    sourced = [bool(row[name]) for name in ("value", "cite", "where", "certainty")]
    if any(sourced) != all(sourced):
        return "a published value needs cite, where and certainty, and these need a value"
    if row["value"]:
        try:
            float(row["value"])
        except ValueError:
            return f"value must be a number (found {row['value']!r})"
        if row["cite"] not in references:
            return f"no source {row['cite']!r} in the bibliography; add it there"
    return None


def population_table(
    rows: pd.DataFrame,
    evidence: pd.DataFrame,
    parameters: Mapping[str, Sourced | SourcedShares],
    counted: Mapping[str, Moments],
) -> pd.DataFrame:
    """One row per characteristic: the simulated value with its MCSE, and the published one with its source and place.

    Parameters
    ----------
    evidence
        The table of patterns (`iatrogenesis.evidence.published.evidence_table`).
    parameters
        Numbers of the world by path.
    counted
        Of each variable its mean and SD.

    Raises
    ------
    ConfigError
        If a row names a pattern or a parameter that is not there, or a parameter that nobody published.
    """
    patterns = evidence.set_index("id").to_dict("index")
    found = []
    for row in rows.to_dict("records"):
        about = {name: row[name] for name in ("id", "section", "characteristic", "unit")}
        if row["evidence"]:
            if row["evidence"] not in patterns:
                raise ConfigError(f"population: {row['id']}: no pattern {row['evidence']!r} in the evidence table")
            values = _of_pattern(patterns[row["evidence"]])
        else:
            values = _simulated(row, counted) | _published(row, parameters)
        notes = [note for note in (row["note"], values.get("note")) if isinstance(note, str) and note]
        found.append(about | values | {"evidence": row["evidence"], "note": "; ".join(notes)})
    columns = [  # the ends of what counts as reproduced are those of patterns alone
        *("id", "section", "characteristic", "unit", "simulated", "mcse", "published", "published_low"),
        *("published_high", "source", "where", "certainty", "evidence", "note"),
    ]
    return pd.DataFrame(found, columns=columns)


def _of_pattern(pattern: Mapping[str, object]) -> dict[str, object]:
    same = ("simulated", "mcse", "published", "published_low", "published_high", "where", "certainty", "note")
    return {**{name: pattern[name] for name in same}, "source": pattern["cite"]}


def _simulated(row: Mapping[str, str], counted: Mapping[str, Moments]) -> dict[str, object]:
    moments = counted[row["variable"]]
    value, mcse = (moments.mean, moments.mean_mcse) if row["moment"] == "mean" else (moments.sd, moments.sd_mcse)
    return {"simulated": value, "mcse": mcse}


def _published(row: Mapping[str, str], parameters: Mapping[str, Sourced | SourcedShares]) -> dict[str, object]:
    if row["value"]:
        told = {name: row[name] for name in ("where", "certainty")}
        return {"published": float(row["value"]), "source": row["cite"], **told}
    if not row["parameter"]:
        return {"published": float("nan"), "source": NONE, "where": "", "certainty": ""}
    path, _, categories = row["parameter"].partition(":")
    record = parameters.get(path)
    if record is None or record.cite is None:
        raise ConfigError(f"population: {row['id']}: {path} is no parameter with a source")
    value = record.value
    if isinstance(record, SourcedShares):
        value = sum(record.value[category] for category in categories.split("+"))
    told = {"where": record.where, "certainty": record.certainty, "note": record.note}
    return {"published": value, "source": record.cite, **told}
