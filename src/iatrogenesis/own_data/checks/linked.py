"""Whether the files of the NHS data set belong together: what should belong to something in another file does."""

from iatrogenesis.own_data.checks.finding import Check, Found, Subject, row_list
from iatrogenesis.own_data.mapped import Unlinked

MOST = 0.5
"""Beyond this share of the rows, and of what they should belong to, the files do not fit each other."""


def belongs(subject: Subject) -> Found | str | None:
    """Find contacts, activities and scores that belong to no referral, contact or activity."""
    if subject.settings.data.nhs is None:
        return "no tables of the NHS data set"
    if not subject.mapped.unlinked:
        return None
    apart = [one for one in subject.mapped.unlinked if _apart(one)]
    shown = apart[:1] or subject.mapped.unlinked  # what belongs to nothing in turn leaves others alone
    said = [
        f"{len(one.rows):,} of {one.of:,} {one.what} ({one.file}, {one.column}) belong to no {one.to}." for one in shown
    ]
    if apart:
        first = apart[0]
        said.append(
            f"{first.alone:,} of {first.among:,} {first.others} have none of them. Check that data.nhs names the right "
            f"files, that they are of one export and of the same months, and that both write {first.column} alike: "
            "leading zeros, capitals, and whether the provider stands before it."
        )
    else:
        said.append("If that is too many, check that all files are of one export and of the same months.")
    first = shown[0]
    return Found(
        "error" if apart else "warning",
        " ".join(said),
        "sessions",
        rows=first.rows,
        examples=[row_list(first.rows)],
    )


def _apart(one: Unlinked) -> bool:
    return len(one.rows) > MOST * one.of and one.alone > MOST * one.among


CHECKS = (
    Check(
        "tables that belong together",
        "Files",
        "contacts have their referral, activities their contact, and scores either",
        "Leaves them out; stops where that is most of them.",
        belongs,
    ),
)
