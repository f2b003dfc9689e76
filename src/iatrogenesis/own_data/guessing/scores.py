"""Which columns hold first, last or a session's scores of which instrument."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from iatrogenesis.core.instruments import Instruments
from iatrogenesis.own_data.guessing.look import MOST, Look
from iatrogenesis.own_data.guessing.words import FIRST, FOLLOW_UP, INSTRUMENTS, LAST, LATER, OTHERS, tokens, words_of

CODES = (9, 66, 77, 88, 98, 99, 777, 888, 998, 999, 9999, -1, -7, -8, -9, -88, -98, -99, -999, -9999)
"""Numbers that often mean missing."""
ENDINGS = re.compile(r"(?:score|total|sum|summe|wert|test|messung|punkte|value|tot|sumscore)$")
NOT_SCORES = words_of("item date datum caseness flag category kategorie band risk complete version")
MANY = 3  # columns of one instrument from which one row per session would tell more
MEAN_OF_ITEMS = 4  # highest mean of CORE-OM's items; its clinical score is ten times the mean


@dataclass(frozen=True)
class Score:
    """A column with scores: of which instrument, when, and what else its name says."""

    look: Look
    instrument: str
    moment: str
    number: int | None
    extra: int


@dataclass
class Found:
    """What was found: field and column with a reason, and columns that are left out with one."""

    fields: dict[str, tuple[Look, str, list[str]]]
    left_out: dict[str, str]
    unknown: dict[str, list[Look]]


def find_scores(looks: Sequence[Look], catalogue: Instruments, by_session: bool) -> Found:
    """Return first and last scores (or those of sessions) by name and range.

    Parameters
    ----------
    looks
        Columns of one file.
    catalogue
        Instruments with their ranges.
    by_session
        Whether the file has one row per session.
    """
    found = Found({}, {}, {})
    by_instrument: dict[str, list[Score]] = {}
    for look in looks:
        score = _score(look)
        if score is None:
            _other(look, found)
        elif (reason := _no_score(score, catalogue)) is not None:
            found.left_out[look.name] = reason
        else:
            by_instrument.setdefault(score.instrument, []).append(score)
    for key, scores in by_instrument.items():
        name = f"{key}_mean" if key == "core_om" and _as_mean(scores) else key
        (_of_sessions if by_session else _of_courses)(name, sorted(scores, key=lambda s: s.extra), found)
    return found


def _score(look: Look) -> Score | None:
    for words in (look.words, tokens(look.title)):
        text = " ".join(words)
        for key, pattern in INSTRUMENTS.items():
            if match := pattern.search(text):
                rest = (text[: match.start()] + " " + text[match.end() :]).split()
                return _placed(look, key, rest)
    return None


def _placed(look: Look, key: str, rest: list[str]) -> Score:
    moment, number, extra = "", None, 0
    for word in rest:
        bare = ENDINGS.sub("", word)
        if word in FIRST or bare in FIRST:
            moment = moment or "first"
        elif word in LAST or bare in LAST:
            moment = moment or "last"
        elif word in FOLLOW_UP:
            moment = "later"
        elif word in LATER:
            moment = "change"
        elif match := re.fullmatch(r"(?:t|s|session|sitzung|zeit|m|w|visit)?(\d{1,2})", word):
            number = int(match[1])
        elif word in NOT_SCORES or re.fullmatch(r"(?:item|q|i)\d+", word):
            moment = "item"
        elif bare:
            extra += 1
    return Score(look, key, moment, number, extra)


def _no_score(score: Score, catalogue: Instruments) -> str | None:
    """Return why a column that is called like an instrument is left out, or None."""
    look, instrument = score.look, catalogue.by_name().get(score.instrument)
    if score.moment == "change":
        return "a change or an outcome, not a score"
    if score.moment == "item":
        return "about the questionnaire, but not its score"
    if instrument is None or not len(look.numbers):
        return f"called like {score.instrument}, but holds no numbers"
    values = look.numbers[~look.numbers.isin(CODES) | look.numbers.between(instrument.minimum, instrument.maximum)]
    if score.number is not None and not score.moment and look.distinct <= 6 and values.max() <= 4 and score.number > 0:
        return f"looks like an item of {score.instrument}, not its score"
    inside = values.between(instrument.minimum, instrument.maximum).mean() if len(values) else 0.0
    if inside < MOST:
        low, high = instrument.minimum, instrument.maximum
        return f"called like {score.instrument}, but its values do not lie within {low} to {high}"
    return None


def _as_mean(scores: Sequence[Score]) -> bool:
    """Return whether CORE-OM is given as the mean of its items."""
    return all(
        score.look.numbers[~score.look.numbers.isin(CODES)].max() <= MEAN_OF_ITEMS and not score.look.whole()
        for score in scores
    )


def _of_courses(key: str, scores: Sequence[Score], found: Found) -> None:
    first = [score for score in scores if score.moment == "first"]
    last = [score for score in scores if score.moment == "last"]
    numbered = sorted((s for s in scores if s.number is not None and not s.moment), key=lambda s: s.number or 0)
    how = "by its name"
    if numbered and not first:
        first, numbered = [numbered[0]], numbered[1:]
        how = "the first of the numbered ones"
    if numbered and not last:
        last = [numbered[-1]]
        if len(numbered) >= MANY:
            how = f"{how}; all {len(numbered) + 1} would be used if there were one row per session"
    for place, chosen in (("first", first), ("last", last)):
        if chosen:
            others = [score.look.name for score in scores if score is not chosen[0] and score not in (first + last)[:2]]
            found.fields[f"{place}.{key}"] = (chosen[0].look, f"{how}; {_range(chosen[0].look)}", others)
    taken = {look.name for look, _, _ in found.fields.values()}
    for score in scores:
        if score.look.name not in taken:
            why = "a follow-up" if score.moment == "later" else "another time"
            found.left_out[score.look.name] = f"{key} at {why}, or not clear when"


def _of_sessions(key: str, scores: Sequence[Score], found: Found) -> None:
    plain = [score for score in scores if not score.moment] or list(scores)
    others = [score.look.name for score in scores if score is not plain[0]]
    found.fields[f"scores.{key}"] = (plain[0].look, f"by its name; {_range(plain[0].look)}", others)
    found.left_out |= dict.fromkeys(others, f"another column of {key}")


def _other(look: Look, found: Found) -> None:
    match = OTHERS.search(" ".join(look.words))
    if match and len(look.numbers):
        key = re.sub(r"[^a-z0-9]+", "_", match[1]).strip("_")
        found.unknown.setdefault(key, []).append(look)
        found.left_out[look.name] = f"an instrument that is not in the catalogue: describe it below instruments.{key}"


def _range(look: Look) -> str:
    return f"{look.numbers.min():g} to {look.numbers.max():g}, {look.present} of {look.rows} rows"


def codes_for_missing(fields: Mapping[str, tuple[Look, str, list[str]]], catalogue: Instruments) -> list[str]:
    """Return numbers outside of the instruments' ranges that look like codes for missing."""
    found = set()
    for field, (look, _, _) in fields.items():
        if (known := catalogue.by_name().get(field.partition(".")[2])) is not None:
            outside = look.numbers[~look.numbers.between(known.minimum, known.maximum)]
            found |= {int(value) for value in outside.unique() if value in CODES}
    return [str(code) for code in sorted(found)]
