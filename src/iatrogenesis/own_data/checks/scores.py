"""Scores that the questionnaire cannot give, codes for missing, and scales that run the other way."""

import numpy as np
import pandas as pd

from iatrogenesis.own_data.checks.finding import (
    USABLE,
    Check,
    Found,
    Subject,
    many,
    numeric,
    of_failures,
    quoted,
    unique,
)

CODES = (-9, -99, -999, -1, -8, -7, 99, 98, 97, 88, 999, 998, 997, 888, 9999)
"""Numbers by which programs and forms write a missing value."""
OUTSIDE = "score outside the questionnaire's range"
CODED = "score is a code for missing"
SPIKE = 5
"""A code within the range is suspected if it is as many times as common as its neighbours together."""
LEAST_SPIKE = 10
OPPOSITE = -0.1
FEW = 20
"""Below so many courses a direction is not judged."""
COPIED, CARRIED, FINE = 0.9, 0.3, 15
"""Shares of unchanged scores that are no chance, or hardly, on questionnaires with so many different scores."""
MANY_ZEROS, NEAR = 0.2, 0.08
"""Zeros are suspected above this share, if twice as many as scores above 0 within this share of the range."""


def outside(subject: Subject) -> Found | str | None:
    """Find scores beyond the questionnaire's range that are no code for missing."""
    failed, columns = _beyond(subject)
    if not columns:
        return "no scores"
    failed = failed[~failed["written"].isin(CODES)]
    if failed.empty:
        return None
    worst = _ranges(subject, failed)
    return _unusable(subject, failed, OUTSIDE, f"outside the range of the questionnaire ({worst}). Correct them.")


def codes(subject: Subject) -> Found | str | None:
    """Find codes for missing among the scores, beyond the range or far too common within it."""
    failed, columns = _beyond(subject)
    if not columns:
        return "no scores"
    failed = failed[failed["written"].isin(CODES)]
    if len(failed):
        found = sorted({f"{value:g}" for value in failed["written"]})
        advice = f"that are codes for missing ({', '.join(found)}). Name them under data.missing: [{', '.join(found)}]."
        return _unusable(subject, failed, CODED, advice)
    for column in columns:
        if (found := _spike(subject, column)) is not None:
            return found
    return None


def _beyond(subject: Subject) -> tuple[pd.DataFrame, list[str]]:
    columns = list(subject.score_columns())
    failed = subject.failed("clients", "range", columns)
    written = [subject.mapped.as_written(name, failed.loc[failed["column"] == name, "value"]) for name in columns]
    return failed.assign(written=pd.concat(written) if written else None), columns


def _ranges(subject: Subject, failed: pd.DataFrame) -> str:
    known = dict.fromkeys(subject.score_columns()[column] for column in failed["column"])
    return ", ".join(f"{name} {subject.known[name].minimum:g} to {subject.known[name].maximum:g}" for name in known)


def _unusable(subject: Subject, failed: pd.DataFrame, reason: str, message: str) -> Found:
    rows, every = unique(failed["row"]), len(subject.mapped.clients if subject.mapped.clients is not None else [])
    severe = len(rows) > USABLE * every
    share = f" This concerns {100 * len(rows) / max(every, 1):.0f} % of all rows: too many to leave out."
    return Found(
        "error" if severe else "warning",
        f"{many(len(failed), 'score')} in {many(len(rows), 'row')} {message}{share if severe else ''}",
        columns=list(dict.fromkeys(failed["column"])),
        rows=rows,
        examples=of_failures(subject, failed),
        unusable={reason: rows},
    )


def _spike(subject: Subject, column: str) -> Found | None:
    clients = subject.mapped.clients
    if clients is None:
        return None
    values = pd.Series(numeric(clients[column]), index=clients.index)
    for code in (99, 88, 98):
        at = values[values == code]
        near = values.between(code - 2, code + 2).sum() - len(at)
        if len(at) >= LEAST_SPIKE and len(at) > SPIKE * near:
            return Found(
                "warning",
                f"{many(len(at), 'score')} of {code}, far more than of its neighbours: perhaps a code for missing. If "
                f"so, name it under data.missing: [{code}].",
                columns=[column],
                rows=unique(at.index),
                examples=quoted(subject, "clients", column, at),
            )
    return None


def not_whole(subject: Subject) -> Found | str | None:
    """Find scores that are not whole where the questionnaire gives whole points."""
    columns = list(subject.score_columns())
    if not columns:
        return "no scores"
    failed = subject.failed("clients", "whole", columns)
    if failed.empty:
        return None
    return Found(
        "warning",
        f"{many(len(failed), 'score')} not in whole points. If missing items were filled in by the mean, all is well; "
        "if the column holds means of items, multiply by the number of items.",
        columns=list(dict.fromkeys(failed["column"])),
        rows=unique(failed["row"]),
        examples=of_failures(subject, failed),
    )


def copied(subject: Subject) -> Found | str | None:
    """Find last scores that are the first ones, in nearly every course."""
    pairs = _pairs(subject)
    if not pairs:
        return "no first and last scores"
    for name, (first, last, rows) in pairs.items():
        if len(first) >= FEW and np.mean(first == last) > COPIED:
            same = unique(rows[first == last])
            return Found(
                "error",
                f"First and last score of {name} are the same in {many(len(same), 'course')} of {len(first):,}. Name "
                "the column of the last score.",
                columns=[f"{name}_first", f"{name}_last"],
                rows=same,
                examples=[f"row {row}" for row in same[:5]],
            )
    return None


def carried(subject: Subject) -> Found | str | None:
    """Find last scores that may be earlier ones carried forward: far more are unchanged than by chance."""
    pairs = _pairs(subject)
    if not pairs:
        return "no first and last scores"
    for name, (first, last, rows) in pairs.items():
        same = unique(rows[first == last])
        if len(first) >= FEW and len(np.unique(last)) >= FINE and CARRIED < len(same) / len(first) <= COPIED:
            return Found(
                "warning",
                f"First and last score of {name} are the same in {many(len(same), 'course')} of {len(first):,}. If "
                "scores of clients who left were carried forward, leave them empty: they are no outcomes.",
                columns=[f"{name}_first", f"{name}_last"],
                rows=same,
                examples=[f"row {row}" for row in same[:5]],
            )
    return None


def zeros(subject: Subject) -> Found | str | None:
    """Find columns of scores where 0 may stand for missing: far more zeros than scores next to it."""
    columns = subject.score_columns()
    if not columns or subject.mapped.clients is None:
        return "no scores"
    for column, name in columns.items():
        values = subject.mapped.clients[column]
        raw = pd.Series(numeric(subject.mapped.as_written(column, values)), index=values.index).dropna()
        span = subject.known[name].maximum - subject.known[name].minimum
        rows = unique(raw.index[raw == 0])
        near = int(((raw > 0) & (raw <= NEAR * span)).sum())
        if len(raw) >= FEW and len(rows) > max(MANY_ZEROS * len(raw), 2 * near):
            return Found(
                "warning",
                f"{many(len(rows), 'score')} of {len(raw):,} are 0, but few are next to it. If 0 stands for missing, "
                "name it under data.missing, or leave these cells empty.",
                columns=[column],
                rows=rows,
                examples=[f"row {row}" for row in rows[:5]],
            )
    return None


def rising(subject: Subject) -> Found | str | None:
    """Find questionnaires on which most clients get worse."""
    pairs = _pairs(subject)
    if not pairs:
        return "no first and last scores"
    wrong = {
        name: rows[last > first]
        for name, (first, last, rows) in pairs.items()
        if len(first) >= FEW and np.sum(last > first) > 1.2 * np.sum(last < first)
    }
    if not wrong:
        return None
    shares = ", ".join(f"{name}: {len(rows):,} of {len(pairs[name][0]):,}" for name, rows in wrong.items())
    return Found(
        "warning",
        f"Most clients' scores rise ({shares}), which is worse. Check that the columns of first and last score are not "
        "exchanged, and that a higher score is worse (instruments.<name>.higher_is).",
        columns=[f"{name}_{end}" for name in wrong for end in ("first", "last")],
        rows=unique(np.concatenate(list(wrong.values()))),
        examples=[f"row {row}" for row in unique(np.concatenate(list(wrong.values())))[:5]],
    )


def _pairs(subject: Subject) -> dict[str, tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """First scores, last scores and rows of each instrument, of courses that have both within the range."""
    pairs: dict[str, tuple[np.ndarray, np.ndarray, np.ndarray]] = {}
    clients = subject.mapped.clients
    for name, instrument in subject.known.items():
        if clients is None or not subject.has("clients", f"{name}_first", f"{name}_last"):
            continue
        first, last = numeric(clients[f"{name}_first"]), numeric(clients[f"{name}_last"])
        scores = np.stack([first, last])
        good = np.all((scores >= instrument.minimum) & (scores <= instrument.maximum), axis=0)
        pairs[name] = (first[good], last[good], clients.index.to_numpy()[good])
    return pairs


def opposite(subject: Subject) -> Found | str | None:
    """Find questionnaires whose first scores run against each other."""
    pairs = [name for name in subject.known if subject.has("clients", f"{name}_first")]
    clients = subject.mapped.clients
    if len(pairs) < 2 or clients is None:
        return "fewer than two questionnaires"
    scores = pd.DataFrame({name: numeric(clients[f"{name}_first"]) for name in pairs})
    together = scores.corr(min_periods=FEW)
    for i, one in enumerate(pairs):
        for other in pairs[i + 1 :]:
            if together.loc[one, other] < OPPOSITE:
                return Found(
                    "warning",
                    f"First scores of {one} and {other} run against each other (correlation "
                    f"{together.loc[one, other]:.2f}). Check instruments.<name>.higher_is of both.",
                    columns=[f"{one}_first", f"{other}_first"],
                )
    return None


CHECKS = (
    Check(
        "scores outside the range",
        "Scores",
        "every score is one that the questionnaire can give",
        "Leaves these rows out, and stops if they are more than 10 %.",
        outside,
    ),
    Check(
        "codes for missing",
        "Scores",
        "no score is a code such as 99 or -9",
        "Leaves rows with a code beyond the range out, and stops if they are more than 10 %.",
        codes,
    ),
    Check(
        "scores not whole",
        "Scores",
        "questionnaires with whole points have whole scores",
        "Takes the scores as they stand.",
        not_whole,
    ),
    Check("last scores copied", "Scores", "first and last scores differ", "Stops.", copied),
    Check(
        "scores carried forward",
        "Scores",
        "no more scores are unchanged than by chance",
        "Takes the scores as they stand.",
        carried,
    ),
    Check(
        "zeros for missing",
        "Scores",
        "a score of 0 is about as frequent as those next to it",
        "Takes the scores as they stand.",
        zeros,
    ),
    Check(
        "scores that rise",
        "Scores",
        "on each questionnaire more clients get better than worse",
        "Takes the scores as they stand.",
        rising,
    ),
    Check(
        "questionnaires against each other",
        "Scores",
        "clients with high scores on one questionnaire have high ones on the other",
        "Takes the scores as they stand.",
        opposite,
    ),
)
