"""To whom a course with several therapists belongs: who had most contacts, who was last, or both in parts."""

import pandas as pd

COLUMNS = (
    "therapist_id",
    "n_therapists",
    "most_therapist_id",
    "last_therapist_id",
    "first_therapist_id",
    "first_share",
)


def attributed(course: pd.Series, therapist: pd.Series, rule: str) -> pd.DataFrame:
    """Return one row per course with its therapists.

    Parameters
    ----------
    course
        Which course each contact belongs to, shape (contacts,); any hashable, in order of time within a course.
    therapist
        Who held it, shape (contacts,). Contacts without either are passed over.
    rule
        Which of them `therapist_id` is: `most_contacts` (of equals the later one), `last`, or with `membership` the
        later of the two with most contacts.

    Returns
    -------
    pandas.DataFrame
        Index as the courses, sorted by their first contact. `n_therapists`; `most_therapist_id`; `last_therapist_id`;
        and, missing with one therapist, `first_therapist_id` (of the others than `therapist_id` the one with most
        contacts) and `first_share` (what part of the contacts with either of these two that one held): so that the two
        of a course are never the same, whatever the rule.
    """
    contacts = pd.DataFrame({"course": course.to_numpy(), "therapist": therapist.to_numpy()}).dropna()
    contacts["order"] = range(len(contacts))
    held = contacts.groupby(["course", "therapist"], sort=False).agg(n=("order", "size"), latest=("order", "max"))
    held = held.reset_index().sort_values(["n", "latest"])
    two = held.groupby("course", sort=False).tail(2).sort_values("latest")
    result = pd.DataFrame(index=pd.Index(contacts["course"].unique(), name="course"))
    result["n_therapists"] = held.groupby("course").size()
    result["most_therapist_id"] = _last_of_each(held)["therapist"]
    result["last_therapist_id"] = _last_of_each(contacts)["therapist"]
    rules = {"most_contacts": result["most_therapist_id"], "last": result["last_therapist_id"]}
    result["therapist_id"] = rules[rule] if rule in rules else _last_of_each(two)["therapist"]
    chosen = held["therapist"] == held["course"].map(result["therapist_id"])
    own, other = held[chosen].set_index("course")["n"], _last_of_each(held[~chosen])
    result["first_therapist_id"] = other["therapist"]
    result["first_share"] = other["n"] / (other["n"] + own)
    return result[list(COLUMNS)]


def _last_of_each(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.drop_duplicates("course", keep="last").set_index("course")
