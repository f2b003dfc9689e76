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
        `most_contacts`, `last` or `membership`: which of them `therapist_id` is. With `membership`, it is the last, who
        shares the course with `first_therapist_id`.

    Returns
    -------
    pandas.DataFrame
        Index as the courses, sorted by their first contact. `n_therapists`; `most_therapist_id`, of equals the later
        one; `last_therapist_id`; and, missing with one therapist, `first_therapist_id` (among the others the one with
        most contacts) and `first_share` (what part of the contacts with either of the two that one held).
    """
    contacts = pd.DataFrame({"course": course.to_numpy(), "therapist": therapist.to_numpy()}).dropna()
    contacts["order"] = range(len(contacts))
    held = contacts.groupby(["course", "therapist"], sort=False).agg(n=("order", "size"), latest=("order", "max"))
    held = held.reset_index().sort_values(["n", "latest"])
    last = contacts.drop_duplicates("course", keep="last").set_index("course")["therapist"]
    result = pd.DataFrame(index=pd.Index(contacts["course"].unique(), name="course"))
    result["n_therapists"] = held.groupby("course").size()
    result["most_therapist_id"] = held.drop_duplicates("course", keep="last").set_index("course")["therapist"]
    result["last_therapist_id"] = last
    is_last = held["therapist"] == held["course"].map(last)
    own = held[is_last].set_index("course")["n"]
    other = held[~is_last].drop_duplicates("course", keep="last").set_index("course")
    result["first_therapist_id"] = other["therapist"]
    result["first_share"] = other["n"] / (other["n"] + own)
    chosen = "most_therapist_id" if rule == "most_contacts" else "last_therapist_id"
    return result.assign(therapist_id=result[chosen])[list(COLUMNS)]
