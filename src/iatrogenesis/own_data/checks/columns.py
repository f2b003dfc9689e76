"""Columns as a whole: there, not empty, not constant, not another column once more, and of use to a model."""

import numpy as np
import pandas as pd

from iatrogenesis.own_data.checks.finding import (
    Check,
    Found,
    Subject,
    many,
    numeric,
    of_failures,
    quoted,
    unique,
)

COLLINEAR = 0.98
MOST_LEVELS = 20
MANY_ROWS = 50


def covariates(clients: pd.DataFrame) -> list[str]:
    """Return the columns known before therapy that models may adjust for."""
    firsts = [name for name in clients.columns if name.endswith("_first")]
    others = [name for name in ("deprivation", "age_band") if name in clients.columns]
    return [*firsts, *others, *[name for name in clients.columns if name.startswith("x_")]]


def unusable_covariates(clients: pd.DataFrame) -> dict[str, str]:
    """Return why no model can use a covariate, by its column."""
    found: dict[str, str] = {}
    for name in covariates(clients):
        values = clients[name].dropna()
        if values.empty:
            found[name] = "is empty"
        elif values.nunique() == 1:
            found[name] = "is the same in every row"
        elif _is_text(values) and values.nunique() > MOST_LEVELS:
            found[name] = f"has {values.nunique()} different texts"
    return found


def _is_text(values: pd.Series) -> bool:
    return not (pd.api.types.is_numeric_dtype(values) or pd.api.types.is_bool_dtype(values))


def needed(subject: Subject) -> Found | str | None:
    """Find a compulsory column that is not named."""
    if subject.mapped.clients is None:
        wanted, table = ("unit_id", "n", "deteriorated"), "counts"
    else:
        wanted, table = ("client_id", "therapist_id"), "clients"
    lacking = [name for name in wanted if not subject.has(table, name)]
    content = subject.table(table)
    if not lacking and content is not None and content.empty:
        return Found("error", "The table has no rows. Check the file, and any filter applied before.", table, wanted)
    if not lacking:
        return None
    settings = {
        "client_id": "client",
        "therapist_id": "therapist",
        "unit_id": "unit",
        "n": "n",
        "deteriorated": "events",
    }
    names = " and ".join(f"columns.{settings[name]}" for name in lacking)
    return Found("error", f"{names} is not named. Say in the settings which column it is.", table, lacking)


def constant(subject: Subject) -> Found | str | None:
    """Find covariates that are empty, the same in every row, or all different."""
    clients = subject.mapped.clients
    if clients is None:
        return "no table of clients"
    wrong = unusable_covariates(clients)
    if not wrong:
        return None
    words = "; ".join(f"{subject.label('clients', name)} {why}" for name, why in wrong.items())
    return Found("warning", f"{many(len(wrong), 'covariate')} of no use to a model: {words}.", columns=list(wrong))


def flat_ratings(subject: Subject) -> Found | str | None:
    """Find ratings that do not differ."""
    clients = subject.mapped.clients
    ratings = [] if clients is None else [name for name in clients.columns if str(name).endswith("_rating")]
    if clients is None or not ratings:
        return "no ratings"
    flat = [name for name in ratings if clients[name].nunique() < 2]
    if not flat:
        return None
    labels = ", ".join(subject.label("clients", name) for name in flat)
    return Found("warning", f"The same rating for everybody, or none: {labels}.", columns=flat)


def collinear(subject: Subject) -> Found | str | None:
    """Find covariates of which one says what the other says."""
    clients = subject.mapped.clients
    if clients is None:
        return "no table of clients"
    pairs = collinear_covariates(clients)
    if not pairs:
        return None
    words = "; ".join(f"{subject.label('clients', a)} and {subject.label('clients', b)}" for a, b in pairs)
    return Found(
        "warning",
        f"Covariates that say the same: {words}. Keep one of each.",
        columns=list(dict.fromkeys(name for pair in pairs for name in pair)),
    )


def collinear_covariates(clients: pd.DataFrame) -> list[tuple[str, str]]:
    """Return pairs of covariates, the first to be kept, of which one gives the other nearly exactly."""
    usable = [name for name in covariates(clients) if name not in unusable_covariates(clients)]
    codes = {name: pd.Series(_codes(clients[name]), index=clients.index) for name in usable}
    pairs: list[tuple[str, str]] = []
    for i, one in enumerate(usable):
        for other in usable[i + 1 :]:
            texts = (_is_text(clients[one]), _is_text(clients[other]))
            if any(texts) and not all(texts):
                continue  # a text against a number: left to the models
            both = codes[one].notna() & codes[other].notna()
            a, b = codes[one][both].to_numpy(), codes[other][both].to_numpy()
            if len(a) > 2 and (_one_to_one(a, b) if all(texts) else _correlated(a, b)):
                pairs.append((one, other))
    return pairs


def _codes(values: pd.Series) -> np.ndarray:
    if not _is_text(values):
        return numeric(values)
    codes = pd.factorize(values)[0].astype(float)
    return np.where(codes < 0, np.nan, codes)


def _correlated(a: np.ndarray, b: np.ndarray) -> bool:
    return bool(a.std() > 0 and b.std() > 0 and abs(np.corrcoef(a, b)[0, 1]) > COLLINEAR)


def _one_to_one(a: np.ndarray, b: np.ndarray) -> bool:
    pairs = len(np.unique(np.stack([a, b]), axis=1).T)
    return pairs == len(np.unique(a)) == len(np.unique(b)) > 1


def spellings(subject: Subject) -> Found | str | None:
    """Find categories that differ only by blanks or capitals."""
    clients = subject.mapped.clients
    if clients is None:
        return "no table of clients"
    for name in [name for name in covariates(clients) if _is_text(clients[name])]:
        values = clients[name].dropna().astype(str)
        bare = values.str.casefold().str.split().str.join(" ")
        levels = values.groupby(bare).nunique()
        if (levels > 1).any():
            wrong = values[bare.isin(levels.index[levels > 1])]
            odd = wrong[wrong != wrong.groupby(bare).transform(lambda same: same.value_counts().index[0])]
            return Found(
                "warning",
                f"Categories of {subject.label('clients', name)} that differ only by blanks or capitals, in "
                f"{many(len(odd), 'row')}. Write each in one way.",
                columns=[name],
                rows=unique(odd.index),
                examples=quoted(subject, "clients", name, odd),
            )
    return None


def ages(subject: Subject) -> Found | str | None:
    """Find ages that nobody has."""
    if not subject.has("clients", "age_years"):
        return "no ages in years"
    failed = subject.failed("clients", "range", ["age_years"])
    if failed.empty:
        return None
    rows = unique(failed["row"])
    return Found(
        "warning",
        f"{many(len(rows), 'age')} that nobody has. Correct them, or name codes for missing under data.missing.",
        columns=["age_years"],
        rows=rows,
        examples=of_failures(subject, failed),
        blanked={"age_years": rows, "age_band": rows},
    )


def coded(subject: Subject) -> Found | str | None:
    """Find codes for missing among covariates and ratings."""
    clients = subject.mapped.clients
    if clients is None:
        return "no table of clients"
    columns = [name for name in covariates(clients) if not name.endswith("_first")]
    columns += [name for name in clients.columns if str(name).endswith("_rating")]
    blanked: dict[str, list[int]] = {}
    examples: list[str] = []
    for name in columns:
        if _is_text(clients[name]):
            continue
        values = pd.Series(numeric(clients[name]), index=clients.index)
        wrong = values[values.isin(CODES) & _far_off(values)]
        if len(wrong):
            blanked[name] = unique(wrong.index)
            examples += quoted(subject, "clients", name, wrong)
    if not blanked:
        return None
    rows = unique([row for found in blanked.values() for row in found])
    return Found(
        "warning",
        f"Codes for missing among covariates or ratings in {many(len(rows), 'row')}: far from every other value. Name "
        "them under data.missing.",
        columns=list(blanked),
        rows=rows,
        examples=examples[:5],
        blanked=blanked,
    )


CODES = (-9, -99, -999, -1, 99, 999, 9999)


def _far_off(values: pd.Series) -> pd.Series:
    """Whether a value lies outside the others, further from them than half of their range."""
    others = values[~values.isin(CODES)].dropna()
    if others.nunique() < 2:
        return pd.Series(False, index=values.index)
    half = (others.max() - others.min()) / 2
    negative = (values < 0) & (others.min() >= 0)
    return (values > others.max() + half) | (values < others.min() - half) | negative


def afterwards(subject: Subject) -> Found | str | None:
    """Find covariates that are known only when the course is over."""
    named = subject.settings.columns
    if subject.mapped.clients is None:
        return "no table of clients"
    outcome = {_alike(name) for name in (*named.last.values(), named.deteriorated) if name}
    over = {_alike(name) for name in (named.n_sessions, named.completed, named.ended) if name}
    part = {name: column for name, column in named.covariates.items() if _alike(column) in outcome}
    late = {name: column for name, column in named.covariates.items() if _alike(column) in over}
    if not part and not late:
        return None
    said = ", ".join(f"columns.covariates.{name} is {column!r}" for name, column in {**part, **late}.items())
    why = "the outcome itself" if part else "known only when the course is over, and may follow from the outcome"
    advice = "Remove it." if part else "Case mix is what was known before; remove it unless you mean it."
    return Found(
        "error" if part else "warning", f"{said}: {why}. {advice}", columns=[f"x_{name}" for name in {**part, **late}]
    )


def _alike(column: str) -> str:
    return " ".join(column.split()).casefold()


CHECKS = (
    Check("columns named", "Columns", "the compulsory columns are named, and there are rows", "Stops.", needed),
    Check(
        "covariates of no use",
        "Columns",
        "covariates differ between clients, in a few categories",
        "Leaves these columns out.",
        constant,
    ),
    Check(
        "covariates that say the same",
        "Columns",
        "no covariate follows from another",
        "Keeps the first of each pair.",
        collinear,
    ),
    Check(
        "spellings of categories",
        "Columns",
        "each category is written in one way",
        "Takes each spelling for a category.",
        spellings,
    ),
    Check(
        "covariates known only afterwards",
        "Columns",
        "no covariate is the outcome, or known only after therapy",
        "Adjusts for it; stops where it is the outcome.",
        afterwards,
    ),
    Check("ages that nobody has", "Columns", "ages lie between 0 and 110 years", "Takes these ages as missing.", ages),
    Check(
        "codes among covariates",
        "Columns",
        "no covariate or rating is a code such as 99 or -9",
        "Takes these values as missing.",
        coded,
    ),
    Check("ratings all alike", "Columns", "ratings differ", "Leaves these ratings out.", flat_ratings),
)
