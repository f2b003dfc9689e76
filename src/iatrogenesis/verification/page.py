"""The verdicts as one page that works offline."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import ChoiceLoader, PackageLoader

from iatrogenesis.core.claims import Claim
from iatrogenesis.core.pages import filled_page, strict_environment
from iatrogenesis.report.rounding import rounded, with_error
from iatrogenesis.verification.chain import Fault, listed
from iatrogenesis.verification.lists import printable, shown_path
from iatrogenesis.verification.verdicts import CHANGED, FAMILY, NOT
from iatrogenesis.verification.verify import Verification

STYLE = "style.css"  # the report's
ANSWERS = {
    0: "Everything is as it was.",
    1: "Something is not as it was.",
    2: "Not everything can be compared.",
}
HASHED = {
    "simulated table": ("simulated", "What was simulated", "By the SHA-256 of the file."),
    "table": (
        "tables",
        "Tables",
        "By the SHA-256 of the file; if another rests on draws or estimates, cell by cell beside the reference's.",
    ),
    "figure": ("figures", "Figures", "By the SHA-256 of the data that they are drawn from, not of their pixels."),
}


def verification_page(found: Verification, claims: Mapping[str, Claim], results: Path, reference: Path) -> str:
    """Return the page."""
    environment = strict_environment(
        ChoiceLoader([PackageLoader("iatrogenesis.verification", "."), PackageLoader("iatrogenesis.report", ".")])
    )
    of = {kind: [row for row in found.rows if row["what"] == kind] for kind in ("claim", *HASHED)}
    about = {
        "study": results.name,
        "reference": str(reference),
        "answer": ANSWERS[found.code],
        "claims": len(of["claim"]),
        "tables": len(of["simulated table"]) + len(of["table"]),
        "figures": len(of["figure"]),
        "files": len(listed(results)),
        "counts": Counter(row["verdict"] for row in found.rows).most_common(),
        "faults": [
            Fault(shown_path(one.path), one.kind, printable(one.rule), printable(one.says)) for one in found.faults
        ],
        "lock": [row["reason"] for row in found.rows if row["what"] == "lock"],
        "changed": found.changed,
        "parts": [_claims(of["claim"], claims), *(_hashed(kind, of[kind]) for kind in HASHED)],
        "allowed": f"{found.allowed:.2f}",
        "family": f"{100 * FAMILY:g}",
    }
    return filled_page(environment, "verification.html.j2", about)


def _claims(rows: list[dict[str, Any]], claims: Mapping[str, Claim]) -> dict[str, Any]:
    shown = []
    for row in rows:
        claim = claims.get(row["name"])
        value = with_error(row["value"], row["mcse"] or None) if row["value"] != "" else "not there"
        before = rounded(float(row["reference"]), row["mcse"] or None) if row["reference"] != "" else ""
        said, place, again = row["name"], "", ""
        if claim:
            said, again = claim.sentence, f"recompute/{row['name']}.py"
            place = f"{claim.table}: {', '.join(f'{name} = {one}' for name, one in claim.row.items())}; {claim.column}"
        cells = [said, row["verdict"], value, before, row["reason"], place, again]
        shown.append({"cells": cells, "bad": row["verdict"] in (NOT, CHANGED)})
    heads = ["Claim", "Verdict", "Value (MCSE)", "Reference", "Why", "Cell", "Recomputed by"]
    words = "What the report says in numbers, with the cell of the table that each comes from."
    return {"id": "claims", "title": "Claims", "words": words, "columns": heads, "rows": _worst_first(shown)}


def _hashed(kind: str, rows: list[dict[str, Any]]) -> dict[str, Any]:
    anchor, title, words = HASHED[kind]
    shown = [
        {"cells": [row["name"], row["verdict"], row["reason"]], "bad": row["verdict"] in (NOT, CHANGED)} for row in rows
    ]
    return {
        "id": anchor,
        "title": title,
        "words": words,
        "columns": ["File", "Verdict", "Why"],
        "rows": _worst_first(shown),
    }


def _worst_first(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(rows, key=lambda row: not row["bad"])
