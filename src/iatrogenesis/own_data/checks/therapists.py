"""Whether there are enough therapists, each with enough clients, to tell them apart."""

import pandas as pd

from iatrogenesis.own_data.checks.finding import Check, Found, Subject, many, names, numeric, unique
from iatrogenesis.own_data.settings import LEAST_THERAPISTS

FEW_CLIENTS = 5
FEW_PER_SERVICE = 3
DOMINANT = 0.5
NOBODY = "no courses to judge"


def _judged(subject: Subject) -> pd.DataFrame | None:
    if subject.judged is None or "therapist_id" not in subject.judged.columns:
        return None
    known = subject.judged
    known = known[known["finished"].astype(bool) & known["deteriorated"].notna()]
    return known if len(known) else None


def single(subject: Subject) -> Found | str | None:
    """Find data of one therapist."""
    judged = _judged(subject)
    if judged is None:
        return NOBODY
    if judged["therapist_id"].nunique() != 1:
        return None
    return Found(
        "error",
        "All judged courses have the same therapist, so therapists cannot be compared. Check that columns.therapist "
        "names the right column.",
        columns=["therapist_id"],
    )


def too_few(subject: Subject) -> Found | str | None:
    """Find too few therapists for a model of them."""
    judged = _judged(subject)
    if judged is None:
        return NOBODY
    number = judged["therapist_id"].nunique()
    if number == 1 or number >= LEAST_THERAPISTS:
        return None
    return Found(
        "error",
        f"{many(number, 'therapist')} with judged courses, but a model of how therapists differ needs at least "
        f"{LEAST_THERAPISTS}. Add therapists, or data of further services.",
        columns=["therapist_id"],
        examples=names(subject, sorted(judged["therapist_id"].unique())),
    )


def one_each(subject: Subject) -> Found | str | None:
    """Find data in which every course has a therapist of its own."""
    judged = _judged(subject)
    if judged is None or len(judged) < LEAST_THERAPISTS:
        return NOBODY
    if judged["therapist_id"].nunique() < len(judged):
        return None
    return Found(
        "error",
        f"Each of {many(len(judged), 'judged course')} has a therapist of its own, so therapists cannot be told from "
        "clients. Check that columns.therapist does not name an id of clients or courses.",
        columns=["therapist_id"],
    )


def few_clients(subject: Subject) -> Found | str | None:
    """Find therapists with very few judged courses."""
    return _below(subject, FEW_CLIENTS, "note", "Their own rates say nothing.", at_least=0)


def unnamed(subject: Subject) -> Found | str | None:
    """Find therapists with too few judged courses to be named."""
    least = subject.settings.privacy.least_named
    return _below(subject, least, "note", "They are not named (privacy.least_named).", at_least=FEW_CLIENTS)


def _below(subject: Subject, limit: int, severity: str, words: str, at_least: int) -> Found | str | None:
    judged = _judged(subject)
    if judged is None:
        return NOBODY
    counts = judged.groupby("therapist_id").size()
    if counts.max() == 1:
        return None  # named by a check of its own
    few = counts[(counts < limit) & (counts >= at_least)]
    if few.empty:
        return None
    between = f"fewer than {limit}" if not at_least else f"{at_least} to {limit - 1}"
    return Found(
        "warning" if len(few) > len(counts) / 2 else severity,
        f"{many(len(few), 'therapist')} of {len(counts)} with {between} judged courses. {words}",
        columns=["therapist_id"],
        rows=unique(judged.index[judged["therapist_id"].isin(few.index)]),
        examples=names(subject, list(few.index)),
    )


def dominant(subject: Subject) -> Found | str | None:
    """Find one therapist with most of the courses."""
    judged = _judged(subject)
    if judged is None or judged["therapist_id"].nunique() < LEAST_THERAPISTS:
        return NOBODY
    counts = judged["therapist_id"].value_counts()
    if counts.iloc[0] <= DOMINANT * len(judged):
        return None
    return Found(
        "warning",
        f"One therapist has {counts.iloc[0]:,} of {len(judged):,} judged courses. Check that this id is a person.",
        columns=["therapist_id"],
        examples=names(subject, [counts.index[0]]),
    )


def small_services(subject: Subject) -> Found | str | None:
    """Find services with few therapists."""
    judged = _judged(subject)
    if judged is None or "service_id" not in judged.columns:
        return "no services"
    counts = judged.groupby("service_id")["therapist_id"].nunique()
    few = counts[counts < FEW_PER_SERVICE]
    if few.empty:
        return None
    return Found(
        "warning",
        f"{many(len(few), 'service')} of {len(counts)} with fewer than {FEW_PER_SERVICE} therapists: service and "
        "therapist can hardly be told apart there.",
        columns=["service_id"],
        examples=names(subject, list(few.index), "service"),
    )


def in_two_services(subject: Subject) -> Found | str | None:
    """Find therapists who work in two services."""
    judged = _judged(subject)
    if judged is None or "service_id" not in judged.columns:
        return "no services"
    number = judged.groupby("therapist_id")["service_id"].nunique()
    more = number[number > 1]
    if more.empty:
        return None
    return Found(
        "warning",
        f"{many(len(more), 'therapist')} in several services. If ids are unique only within a service, write the "
        "service before the id.",
        columns=["therapist_id", "service_id"],
        rows=unique(judged.index[judged["therapist_id"].isin(more.index)]),
        examples=names(subject, list(more.index)),
    )


def no_service(subject: Subject) -> Found | str | None:
    """Find courses without a service."""
    judged = _judged(subject)
    if judged is None or "service_id" not in judged.columns:
        return "no services"
    lacking = judged[judged["service_id"].isna()]
    if lacking.empty:
        return None
    return Found(
        "warning",
        f"{many(len(lacking), 'course')} without a service. Fill it in.",
        columns=["service_id"],
        rows=unique(lacking.index),
        examples=[f"row {row}" for row in lacking.index[:5]],
    )


def changing_ratings(subject: Subject) -> Found | str | None:
    """Find ratings of therapists that differ between their clients."""
    clients = subject.mapped.clients
    traits = [name for name in ("competence", "burnout") if subject.has("clients", f"{name}_rating")]
    if clients is None or not traits:
        return "no ratings of therapists"
    found: list[str] = []
    changing: set[str] = set()
    for trait in traits:
        values = pd.Series(numeric(clients[f"{trait}_rating"]), index=clients.index)
        number = values.groupby(clients["therapist_id"]).nunique()
        if (number > 1).any():
            found.append(f"{trait}_rating")
            changing |= set(number.index[number > 1])
    if not found:
        return None
    return Found(
        "note",
        f"Ratings of {many(len(changing), 'therapist')} differ between their clients ({', '.join(found)}).",
        columns=found,
        examples=names(subject, sorted(changing)),
    )


CHECKS = (
    Check("a single therapist", "Therapists", "there is more than one therapist", "Stops.", single, True),
    Check(
        "too few therapists", "Therapists", f"there are at least {LEAST_THERAPISTS} therapists", "Stops.", too_few, True
    ),
    Check("a therapist for each course", "Therapists", "therapists have several courses", "Stops.", one_each, True),
    Check(
        "therapists with very few clients",
        "Therapists",
        f"therapists have at least {FEW_CLIENTS} judged courses",
        "Keeps them; their rates are shrunk towards the mean.",
        few_clients,
        True,
    ),
    Check(
        "therapists not named",
        "Therapists",
        "therapists have enough judged courses to be named",
        "Keeps them in all models, without their names.",
        unnamed,
        True,
    ),
    Check(
        "one therapist with most clients",
        "Therapists",
        "no therapist has more than half of all courses",
        "Goes on.",
        dominant,
        True,
    ),
    Check(
        "services with few therapists",
        "Therapists",
        f"each service has at least {FEW_PER_SERVICE} therapists",
        "Keeps them; the services' differences are uncertain.",
        small_services,
        True,
    ),
    Check(
        "therapists in several services",
        "Therapists",
        "each therapist works in one service",
        "Leaves the model of services out.",
        in_two_services,
        True,
    ),
    Check(
        "courses without a service",
        "Therapists",
        "every course has a service",
        "Leaves the model of services out.",
        no_service,
        True,
    ),
    Check(
        "ratings that differ within a therapist",
        "Therapists",
        "each therapist has one rating of competence and burnout",
        "Takes each therapist's mean.",
        changing_ratings,
    ),
)
