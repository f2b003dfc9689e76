"""Where each number of the abstract comes from: cell, rule, script, and what recomputes it."""

from collections.abc import Mapping, Sequence

from iatrogenesis.core.claims import Claim
from iatrogenesis.report.rounding import rounded
from iatrogenesis.report.tables import Table


def traces(claims: Mapping[str, Claim], numbers: Mapping[str, Mapping], made_by: Mapping[str, Sequence[str]]) -> Table:
    """One row for each claim of the abstract that the study makes.

    Parameters
    ----------
    claims
        By id.
    numbers
        Content of numbers.json; a study without a number makes no claim about it.
    made_by
        Rule and script of each table of the results.
    """
    rows = []
    for name, claim in claims.items():
        if claim.abstract and claim.number in numbers:
            rule, script = made_by[claim.table]
            where = ", ".join(f"{column} = {value}" for column, value in claim.row.items())
            value = numbers[claim.number]["value"]
            rows.append(
                [
                    claim.sentence,
                    rounded(float(value)),
                    claim.table,
                    where,
                    claim.column,
                    rule,
                    script,
                    f"recompute/{name}.py",
                ]
            )
    heads = ["Number", "Value", "Table", "Row", "Column", "Rule", "Script", "Recomputed by"]
    return Table(heads, rows, [""] * len(rows))
