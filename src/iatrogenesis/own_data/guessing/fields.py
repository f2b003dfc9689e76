"""Which column is client, therapist, date, case mix: by names first, by values where names say nothing."""

from collections.abc import Callable, Mapping, Sequence

from iatrogenesis.own_data.guessing.look import Look
from iatrogenesis.own_data.guessing.words import CASE_MIX, IDENTIFYING, LATER, WORDS, phrase_fit, tokens

LEAST_FIT = 0.75
SERIALS = (30_000, 60_000)
RATINGS = ("competence", "burnout", "fit", "alliance")
OF_CLIENTS = ("client", "course", "therapist", "service", "period", "started", "ended", "n_sessions", "completed")
OF_CLIENTS += ("deteriorated", "age", "deprivation")
OF_SESSIONS = ("client", "course", "therapist", "service", "session", "date", "attended", "age", "deprivation")
OF_COUNTS = ("unit", "period", "n", "events")


def _day(look: Look) -> bool:
    return look.dates or look.within(*SERIALS) > 0.9


def _like_id(look: Look) -> bool:
    return look.distinct >= 2 and not look.dates and not (len(look.numbers) and not look.whole())


FITS: Mapping[str, Callable[[Look], bool]] = {
    "client": lambda look: _like_id(look) and look.distinct > 0.02 * look.rows,
    "course": lambda look: _like_id(look) and look.distinct > 0.02 * look.rows,
    "therapist": lambda look: _like_id(look) and look.distinct <= max(0.7 * look.rows, 2),
    "service": lambda look: not look.dates and 1 <= look.distinct <= max(0.5 * look.rows, 2),
    "unit": lambda look: not look.dates and look.distinct >= 2,
    "period": lambda look: 1 <= look.distinct <= 80 and not (look.dates and look.distinct > 24),
    "started": _day,
    "ended": _day,
    "date": _day,
    "n_sessions": lambda look: look.whole() and look.within(0, 400) > 0.9 and bool(look.numbers.max() > 1),
    "session": lambda look: look.whole() and look.within(0, 500) > 0.95,
    "completed": lambda look: look.labelled or look.yes_no("completed"),
    "deteriorated": lambda look: look.labelled or look.yes_no("deteriorated"),
    "attended": lambda look: look.labelled or look.yes_no("attended"),
    "age": lambda look: look.labelled or look.ages(),
    "deprivation": lambda look: len(look.numbers) > 0,
    "n": lambda look: look.within(0, 1e9) > 0.5 and look.distinct > 1,
    "events": lambda look: look.within(0, 1e9) > 0.3,
}
"""What a column's values must be like."""


def fit_of(look: Look, field: str) -> float:
    """Return how well a column fits a field: by its name, else by its longer title; 0 where its values forbid it."""
    phrases = tuple(CASE_MIX.get(field, ()) or WORDS[field])
    if field == "unit":
        phrases += WORDS["service"] + WORDS["therapist"]
    words = look.words
    score = max(phrase_fit(words, phrases), 0.9 * phrase_fit(tokens(look.title), phrases) if look.title else 0.0)
    if score < LEAST_FIT or look.present == 0:
        return 0.0
    if field in CASE_MIX:
        return score if not LATER & set(words) and (len(look.numbers) or look.distinct <= 40) else 0.0
    if field in RATINGS:
        return score if len(look.numbers) and look.distinct > 2 else 0.0
    return score if FITS[field](look) else 0.0


def identifying(look: Look) -> bool:
    """Return whether a column's name says that it identifies a client."""
    person = IDENTIFYING & (set(look.words) | set(tokens(look.title)))
    return bool(person) and not any(phrase_fit(look.words, tuple(WORDS[f])) for f in ("therapist", "service", "unit"))


def assigned(looks: Sequence[Look], fields: Sequence[str], taken: set[str]) -> dict[str, tuple[Look, str, list[str]]]:
    """Return field by field the column that fits best, why, and which others would fit.

    The best pair of field and column comes first; each column is used once.

    Parameters
    ----------
    looks
        Columns of one file.
    fields
        Names of `WORDS` and `CASE_MIX`.
    taken
        Columns that are something else already.
    """
    free = [look for look in looks if look.name not in taken and not identifying(look)]
    fits = {(field, place): fit_of(look, field) for field in fields for place, look in enumerate(free)}
    order = sorted((-fit, fields.index(field), place) for (field, place), fit in fits.items() if fit > 0)
    chosen: dict[str, int] = {}
    for _, at, place in order:
        if fields[at] not in chosen and place not in chosen.values():
            chosen[fields[at]] = place
    result = {}
    for field, place in chosen.items():
        rivals = [other for other in range(len(free)) if fits[field, other] > 0 and other not in chosen.values()]
        rivals.sort(key=lambda other, field=field: -fits[field, other])
        result[field] = (free[place], f"by its name; {described(free[place])}", [free[r].name for r in rivals])
    return result


def described(look: Look) -> str:
    """Return what a column looks like, without any of its values that could identify somebody."""
    missing = f", {look.rows - look.present} missing" if look.present < look.rows else ""
    if look.dates:
        return f"dates{missing}"
    if len(look.numbers) and look.distinct <= 400 and look.whole() and look.distinct < look.present / 2:
        return f"{look.distinct} different whole numbers{missing}"
    return f"{look.distinct} different values in {look.present} rows{missing}"


def by_values(looks: Sequence[Look], found: dict[str, tuple[Look, str, list[str]]], taken: set[str]) -> None:
    """Add client and therapist where no name tells them: ids that differ, and ids that repeat."""
    free = [look for look in looks if look.name not in taken and not identifying(look) and _like_id(look)]
    text = [look for look in free if not len(look.numbers)]
    if "client" not in found and "course" in found:
        look, why, others = found.pop("course")
        found["client"] = (look, f"{why}; the course stands for the client", others)
    if "client" not in found:
        numbers = [look for look in free if len(look.numbers)]
        unlike = [o for o in (*text, *numbers) if o.distinct >= max(0.98 * o.rows, 2) and o.present == o.rows]
        if unlike:
            found["client"] = (unlike[0], "its values differ in each row", [other.name for other in unlike[1:]])
    if "therapist" not in found:
        used = {look.name for look, _, _ in found.values()}
        repeats = [o for o in text if o.name not in used and 5 <= o.distinct <= o.rows / 3 and not o.ages()]
        if repeats:
            why = f"{repeats[0].distinct} texts that repeat; no name tells"
            found["therapist"] = (repeats[0], why, [other.name for other in repeats[1:]])
