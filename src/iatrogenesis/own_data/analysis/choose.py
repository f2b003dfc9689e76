"""Which models the columns allow, and what it costs that others are missing."""

from dataclasses import dataclass, field

import pandas as pd

from iatrogenesis.core.tables import DataError
from iatrogenesis.inference.data.outcomes import FitData
from iatrogenesis.own_data.analysis.model_data import MAKERS, NotPossible
from iatrogenesis.own_data.analysis.names import column_name, model_name
from iatrogenesis.own_data.analysis.ready import Ready
from iatrogenesis.own_data.settings import OwnData

ALWAYS = ("intercept_only", "casemix", "therapist", "interaction", "service", "membership", "measurement")
"""Models that are fitted where they can be; they take seconds. The others take minutes, and are fitted by name."""
FEW_EVENTS = 5  # deteriorated courses per coefficient


@dataclass(frozen=True)
class Choice:
    """Data of the models that will be fitted, by name, and why the others are not."""

    datas: dict[str, FitData]
    why_not: dict[str, str] = field(default_factory=dict)


def choose(ready: Ready) -> Choice:
    """Make the data of every model that was asked for and can be fitted.

    Raises
    ------
    DataError
        If a model is named in the settings that does not exist.
    """
    asked = ready.settings.analysis.models
    refuse_unknown_models(ready.settings)
    datas: dict[str, FitData] = {}
    why_not: dict[str, str] = {}
    for name, make in MAKERS.items():
        try:
            data = make(ready)
        except NotPossible as error:
            why_not[name] = str(error)
            continue
        except DataError as error:
            why_not[name] = f"refused: {error}"
            continue
        if name in (asked or ALWAYS):
            datas[name] = data
        elif asked:
            why_not[name] = "not among analysis.models"
        else:
            why_not[name] = "possible, and takes minutes: name it in analysis.models to have it fitted"
    return Choice(datas, why_not)


def refuse_unknown_models(settings: OwnData) -> None:
    """Raise a `DataError` if the settings name a model that does not exist."""
    if unknown := [name for name in settings.analysis.models if name not in MAKERS]:
        raise DataError(f"analysis.models: {unknown[0]!r} is not known; choose among {', '.join(MAKERS)}.")


def main_model(ready: Ready, fitted: tuple[str, ...]) -> str:
    """Return the model by which therapists are judged: case mix before therapy, not what therapists are rated.

    Ratings are left out because they explain what therapists are compared for.
    """
    order = ("casemix", "intercept_only")
    if ready.settings.analysis.attribution == "membership":
        order = ("membership", *order)
    found = [name for name in order if name in fitted]
    if not found:
        raise DataError(
            f"{ready.name}: neither the model with case mix nor the one with the intercept only was fitted."
        )
    return found[0]


def table(ready: Ready, choice: Choice, fitted: tuple[str, ...]) -> pd.DataFrame:
    """Return one row per model.

    Returns
    -------
    pandas.DataFrame
        model, fitted, main (therapists are judged by it), covariates, events_per_coefficient, reason (why not fitted,
        or empty) and cost (what is missing from it, in words).
    """
    main, rows = main_model(ready, fitted), []
    events = int(ready.worse.sum())
    for name in MAKERS:
        columns = getattr(choice.datas.get(name), "covariate_names", ())
        rows.append(
            {
                "model": model_name(name),
                "fitted": name in fitted,
                "main": name == main,
                "covariates": ", ".join(column_name(column) for column in columns),
                "events_per_coefficient": events / len(columns) if columns else float("nan"),
                "reason": "" if name in fitted else choice.why_not.get(name, "the fit gave no draws"),
                "cost": _cost(ready, name, events, len(columns)),
            }
        )
    return pd.DataFrame(rows)


def _cost(ready: Ready, model: str, events: int, columns: int) -> str:
    """What the missing columns mean for the answers of a model."""
    said = []
    if model == "intercept_only" and not ready.case_mix:
        said.append("No case mix: therapists with harder clients look worse, and nothing here can tell")
    if model in ("casemix", "membership", "therapist", "interaction"):
        said += [f"{column_name(name)} is left out: {why}" for name, why in ready.left_out.items()]
        if not any(name.endswith("_first") for name in ready.case_mix):
            said.append("No first score: how severe clients were at the start is not adjusted for")
        said += [
            f"{column_name(name)}: {number} missing ({100 * number / len(ready.judged):.1f} %), filled in"
            for name, number in ready.missing.items()
            if number and name not in ready.left_out
        ]
        if columns and events < FEW_EVENTS * columns:
            said.append(f"{events} deteriorated courses for {columns} coefficients: the prior holds these near 0")
    if model in ("therapist", "interaction", "measurement") and not ready.about.ratings:
        said.append("No ratings: nothing can be said about competence, burnout or fit")
    if model == "service" and "service_id" not in ready.judged:
        said.append("No services: differences between services count as differences between therapists")
    if model == "membership" and not ready.about.two_therapists:
        said.append("One therapist per course: what several therapists did counts for one of them")
    return "; ".join(said)
