"""The columns that the settings name, and what is wrong with their names before anything is converted."""

from collections.abc import Mapping

from iatrogenesis.core.instruments import Instruments
from iatrogenesis.core.tables import DataError
from iatrogenesis.own_data.settings import Columns, OwnData
from iatrogenesis.own_data.source import Source, missing_column

OF_SESSIONS = ("session", "date", "attended", "scores")
OF_COUNTS = ("unit", "n", "events")


def named(columns: Columns) -> dict[str, str]:
    """Return all columns that the settings name, by their place there, such as ``columns.first.phq9``."""
    found: dict[str, str] = {}
    for field in type(columns).model_fields:
        value = getattr(columns, field)
        if isinstance(value, Mapping):
            found |= {f"columns.{field}.{key}": name for key, name in value.items()}
        elif value is not None:
            found[f"columns.{field}"] = value
    return found


def refuse_unknown_instruments(settings: OwnData, catalogue: Instruments) -> None:
    """Raise a `DataError` on scores of an instrument that nobody has described."""
    known = {*catalogue.by_name(), *settings.instruments}
    for place in ("first", "last", "scores"):
        for key in getattr(settings.columns, place):
            if key not in known:
                raise DataError(
                    f"columns.{place}.{key}: no instrument is called {key!r} (known: {', '.join(sorted(known))}). "
                    f"Use one of these names, or describe it below instruments.{key}."
                )


def refuse_unsaid_replacements(settings: OwnData, catalogue: Instruments) -> None:
    """Raise a `DataError` on an instrument that has the name of one of the catalogue, and does not say that it may."""
    for key, own in settings.instruments.items():
        known = catalogue.by_name().get(key)
        if known is not None and not own.replaces:
            raise DataError(
                f"instruments.{key}: {known.name} is known by this name, with scores from {known.minimum:g} to "
                f"{known.maximum:g} and a reliable change of {float(known.reliable_change):g}. Remove this to use it, "
                f"give {own.name} another name, or add `replaces: true` to have it used instead."
            )


def refuse_membership_without_sessions(settings: OwnData, sources: Mapping[str, Source]) -> None:
    """Raise a `DataError` where courses are to belong to several therapists, and no table says who held a session."""
    therapist = settings.columns.therapist
    if settings.analysis.attribution != "membership" or ("sessions" in sources and sources["sessions"].has(therapist)):
        return
    lacking = "data names no sessions"
    if "sessions" in sources:
        lacking = f"{sources['sessions'].file} has no column {therapist!r}"
    raise DataError(
        f"analysis.attribution: membership shares a course among those who held its sessions, but {lacking}. Name "
        "data.sessions, one row per session, with its therapist in the column of columns.therapist; or choose "
        "most_contacts."
    )


def refuse_columns_of_nhs(columns: Columns) -> None:
    """Raise a `DataError` on columns that the NHS data set knows already; only covariates are added to it."""
    own = [field for field in named(columns) if not field.startswith("columns.covariates.")]
    if own:
        raise DataError(
            f"{own[0]}: the columns of data.nhs are those of the data set, and columns.covariates more of its table of "
            "referrals. Remove this."
        )


def refuse_unknown_columns(columns: Columns, sources: Mapping[str, Source]) -> None:
    """Raise a `DataError` on columns that no file has, that are missing, or that do not belong to the files' kind."""
    for field, name in named(columns).items():
        place = field.split(".")[1]
        if place in OF_COUNTS:
            raise DataError(f"{field}: this is for counts, but data names no counts. Remove it, or name data.counts.")
        if place in OF_SESSIONS and "sessions" not in sources:
            raise DataError(f"{field}: this is for sessions, but data names none. Remove it, or name data.sessions.")
        allowed = [sources["sessions"]] if place in OF_SESSIONS else list(sources.values())
        if not any(source.has(name) for source in allowed):
            raise missing_column(name, field, allowed)
    for field in ("client", "therapist"):
        if getattr(columns, field) is None:
            raise DataError(f"columns.{field} is not named: say which column holds the id of the {field}.")
    if columns.client == columns.therapist:
        raise DataError(f"columns.client and columns.therapist are both {columns.client!r}. Name two columns.")
    for table, source in sources.items():
        if not source.has(columns.client):
            raise missing_column(str(columns.client), f"columns.client (in {table})", [source])
