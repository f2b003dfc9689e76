"""Tables of the NHS Talking Therapies data set, told by their columns."""

from collections.abc import Sequence
from pathlib import Path

from iatrogenesis.own_data.reading import Raw

MARKS = {
    "referrals": ({"servicerequestid"}, {"referralrequestreceiveddate", "pathwayid", "servdischdate", "endcode"}),
    "activities": ({"carecontactid", "careperslocalid"}, {"careactid", "codeprocandprocstatus", "careperslocalid"}),
    "contacts": ({"carecontactid"}, {"carecontdate", "attendordnacode"}),
    "scores": ({"persscore"}, {"codedasstooltype"}),
    "workforce": ({"careperslocalid"}, {"qualattainlevelliapt", "qualattainleveliapt", "qualawardeddate"}),
}
"""Columns that a table must have, and of which it has one at least; the first table that fits is taken."""


def nhs_tables(raws: Sequence[Raw]) -> dict[str, Path | list[Path]]:
    """Return the files by table of the data set; nothing unless referrals, contacts and activities are there."""
    found: dict[str, list[Path]] = {}
    for raw in raws:
        columns = {name.casefold() for name in raw.table.columns}
        for table, (all_of, one_of) in MARKS.items():
            if all_of <= columns and one_of & columns:
                found.setdefault(table, []).append(raw.path)
                break
    if not {"referrals", "contacts", "activities"} <= set(found):
        return {}
    return {table: paths if table == "scores" else paths[0] for table, paths in found.items()}
