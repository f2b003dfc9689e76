"""The tables of what went in: published patterns, priors, and every number of the simulated world with its source."""

from collections.abc import Mapping
from math import isfinite

import pandas as pd

from iatrogenesis.core.references import Reference
from iatrogenesis.core.sources import Record, Sourced, SourcedShares
from iatrogenesis.report.rounding import MINUS, rounded, with_error
from iatrogenesis.report.tables import Table

PUBLISHED = "Published (two tolerances either side)"
VERDICT_MARKS = {"reproduced": "", "unclear": "open", "not reproduced": "bad"}


def evidence(table: pd.DataFrame, references: Mapping[str, Reference]) -> Table:
    """Each pattern with its tolerance, verdict and label: put in, fitted to, or predicted."""
    rows = [
        [
            f"{row['id']}: {row['quantity']}",
            _published(row).replace("-", MINUS),
            with_error(row["simulated"], row["mcse"]),
            row["verdict"],
            row["label"],
            _tolerance(row),
            source_of(references, row["cite"], row["where"], row["certainty"]),
            _text(row["note"]),
        ]
        for row in table.to_dict("records")
    ]
    heads = ["Pattern", PUBLISHED, "Simulated (MCSE)", "Verdict", "Label", "Tolerance", "Source"]
    return Table([*heads, "Note"], rows, [VERDICT_MARKS[verdict] for verdict in table["verdict"]])


def predicted(table: pd.DataFrame) -> Table:
    """The patterns that were neither put in nor fitted to: what the world says of them by itself."""
    part = table[table["label"] == "predicted"]
    rows = [
        [
            row["quantity"],
            _published(row).replace("-", MINUS),
            with_error(row["simulated"], row["mcse"]),
            "" if pd.isna(row["published"]) else f"{_distance(row):+.1f}".replace("-", MINUS),
            row["verdict"],
        ]
        for row in part.to_dict("records")
    ]
    heads = ["Predicted pattern", PUBLISHED, "Simulated (MCSE)", "Distance, tolerances", "Verdict"]
    return Table(heads, rows, [VERDICT_MARKS[verdict] for verdict in part["verdict"]])


def _distance(row: Mapping) -> float:
    return (row["simulated"] - row["published"]) / row["tolerance"]


def _tolerance(row: Mapping) -> str:
    if pd.isna(row["published"]):
        return _text(row["reason"])
    sampling, differs = f"{row['sampling_se']:.2g}", f"{row['discrepancy']:.2g}"
    return f"{row['tolerance']:.2g}: sampling {sampling}, discrepancy {differs} ({row['reason']})"


def _published(row: Mapping) -> str:
    if pd.isna(row["published"]):
        above = isfinite(row["published_low"])
        return f"above {row['published_low']:.3g}" if above else f"below {row['published_high']:.3g}"
    return f"{row['published']:.4g} ({row['published_low']:.3g} to {row['published_high']:.3g})"


def shortcomings(table: pd.DataFrame, verdict: str) -> list[str]:
    """A phrase for each pattern of one verdict: what is simulated, what is published, and how far apart they are."""
    lines = []
    for row in table[table["verdict"] == verdict].to_dict("records"):
        above = row["simulated"] > row["published_high"]
        edge = row["published_high"] if above else row["published_low"]
        side = "above" if above else "below"
        if pd.isna(row["published"]):
            far = f"{side} the bound by {abs(row['simulated'] - edge):.2g}"
        else:
            far = f"{abs(_distance(row)):.1f} tolerances {side} the published value"
        lines.append(
            f"{row['quantity']} ({row['label']}): {rounded(row['simulated'], row['mcse'])}, "
            f"published {_published(row)}; {far}"
            + (f"; {row['note']}" if isinstance(row["note"], str) and row["note"] else "")
        )
    return lines


def priors(settings: Mapping[str, Mapping]) -> Table:
    """Each prior of the models, and why; sections of one model below each other."""
    rows = []
    for name, prior in settings.items():
        parts = (
            {}
            if prior is None
            else {name: prior}
            if "reason" in prior
            else {f"{name}: {k}": p for k, p in prior.items()}
        )
        rows += [[label.replace("_", " "), _shape(part), part["reason"]] for label, part in parts.items()]
    return Table(["Parameter", "Prior", "Why"], rows, [""] * len(rows))


def _shape(prior: Mapping) -> str:
    if "scale" in prior:
        text = f"the upper half of Normal(0, {prior['scale']:g})"
    elif "concentration" in prior:
        text = f"Dirichlet({prior['concentration']:g}, ...)"
    elif "a" in prior:
        text = f"Beta({prior['a']:g}, {prior['b']:g})"
    else:
        text = f"Normal({prior.get('mean', 0):g}, {prior['sd']:g})"
    return text.replace("-", MINUS)


def parameters(records: Mapping[str, Sourced | SourcedShares], references: Mapping[str, Reference]) -> Table:
    """Every number of a scenario; assumed ones and those read from memory are marked."""
    rows, marks = [], []
    for path, record in records.items():
        assumed = record.status == "assumed"
        rows.append(
            [
                _bare(path).replace(".", " · ").replace("_", " "),
                _value(record.value),
                record.unit,
                "ASSUMED" if assumed else record.status,
                f"{record.low:g} to {record.high:g}".replace("-", MINUS) if assumed else "",
                "; ".join(filter(None, (_origin(record, references), _readings(record), _text(record.note)))),
            ]
        )
        marks.append("assumed" if assumed else "open" if record.certainty == "memory" else "")
    return Table(["Parameter", "Value", "Unit", "Status", "Low to high", "From, and why"], rows, marks)


def _bare(path: str) -> str:
    """A path without the part that all rows of its table share."""
    head, _, rest = path.partition(".")
    return rest if head in ("world", "mechanisms", "preventions") else path


def _readings(record: Sourced | SourcedShares) -> str:
    """How a sceptic and an optimist read the literature, where it disagrees."""
    if not isinstance(record, Sourced) or record.sceptical is None or record.optimistic is None:
        return ""
    return f"a sceptic reads {_value(record.sceptical)}, an optimist {_value(record.optimistic)}"


def _origin(record: Record, references: Mapping[str, Reference]) -> str:
    if record.status == "calibrated":
        return f"fitted to {', '.join(record.fitted_to)}"
    return source_of(references, record.cite, record.where, record.certainty) if record.cite else ""


def source_of(references: Mapping[str, Reference], cite: str, where: str | None, certainty: str | None) -> str:
    """A source with its place in it, and how it was read."""
    sure = "PROVISIONAL, from memory" if certainty == "memory" else certainty
    return f"{references[cite].short}; {where} [{sure}]"


def _value(value: float | Mapping[str, float]) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name}: {share:g}" for name, share in value.items())
    return f"{value:g}".replace("-", MINUS)


def _text(value: object) -> str:
    return "" if value is None or (isinstance(value, float) and pd.isna(value)) else str(value)
