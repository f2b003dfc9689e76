"""A script for each claim that works its number out again, which needs nothing of this library.

Claims about one table share a template. A script is short, because it is what a reviewer reads.
"""

from collections.abc import Mapping
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from iatrogenesis.core.claims import Claim
from iatrogenesis.evidence.ensemble import LEVELS
from iatrogenesis.harm.twins import MEASURES

TEMPLATES = {
    "tables/conclusions.csv": "templates/over_worlds.py.j2",
    "tables/policies.csv": "templates/over_worlds.py.j2",
    "tables/scenarios.csv": "templates/by_service.py.j2",
    "tables/attribution.csv": "templates/over_pairs.py.j2",
    "tables/preventions.csv": "templates/prevented.py.j2",
    "tables/method_results.csv": "templates/over_data_sets.py.j2",
    "tables/therapist_effects.csv": "templates/over_draws.py.j2",
}
MEMBERS = {"tables/conclusions.csv": "tables/members.csv", "tables/policies.csv": "tables/policy_members.csv"}
"""Tables of ranges over plausible worlds, and the ones with what each world gave."""
END = "templates/beside_the_table.py.j2"
"""How every script ends; they include it."""
OWN = {"tables/method_results.csv": "tables/performance.csv"}
"""Tables that may show the full study's results, and the one with this study's own."""
SUMS = {
    "net_reference": "iatrogenic - spared",
    "net_routine_care": "caused_against_routine_care - averted_against_routine_care",
}
"""What `iatrogenesis.harm.twins` makes of the counts it keeps."""


class NoScript(ValueError):
    """A claim is about a table that no template is for."""


def script_of(claim: Claim) -> str:
    """The script that works a claim's number out again.

    Raises
    ------
    NoScript
        If no template is for the claim's table or measure.
    """
    if claim.table not in TEMPLATES:
        raise NoScript(f"{claim.number}: no template works out {claim.table}; add one to verification/standalone.py")
    environment = Environment(  # noqa: S701  Python, not HTML; what it is given is written as literals
        loader=PackageLoader("iatrogenesis.verification", "."),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["literal"] = repr
    environment.filters["arguments"] = _arguments
    times = "" if claim.times == 1 else f"{claim.times:g} * "
    own = OWN.get(claim.table)
    compared = "compared" if own else repr(claim.table)  # a name in the script, or the table itself
    about = {"claim": claim, "times": times, "own": own, "compared": compared}
    return environment.get_template(TEMPLATES[claim.table]).render({**about, **_more(claim)})


def _arguments(row: Mapping[str, str]) -> str:
    """Write what `dict` is called with to give this mapping."""
    return ", ".join(f"{column}={value!r}" for column, value in row.items())


def _more(claim: Claim) -> Mapping[str, Any]:
    """What some templates need besides the claim."""
    row = claim.row
    if claim.table in MEMBERS:
        return {"probability": LEVELS[claim.column], "file": MEMBERS[claim.table]}
    if claim.table == "tables/scenarios.csv":
        above, below, _ = MEASURES[row["measure"]]
        counts = {"above": SUMS.get(above, above), "below": below}
        return counts | {"file": f"twins/{row['scenario']}.parquet"}
    return {}
