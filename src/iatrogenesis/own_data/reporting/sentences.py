"""Page one in plain words: one answer a question, each with its number, or with the reason why there is none."""

from collections.abc import Mapping
from typing import NamedTuple

from iatrogenesis.core.definitions import RATIO_IN_WORDS
from iatrogenesis.own_data.reporting.cells import true
from iatrogenesis.own_data.reporting.could import could_not
from iatrogenesis.own_data.reporting.moved import hardly_moved
from iatrogenesis.own_data.reporting.numbers import PLAIN_MODELS
from iatrogenesis.own_data.reporting.results import Results
from iatrogenesis.report.entry import Number
from iatrogenesis.report.render import NARROW, Numbers
from iatrogenesis.report.rounding import rounded

CLEAR = 1.1
"""A median odds ratio whose whole interval lies above it is called a difference; a choice of this report."""


class Answer(NamedTuple):
    """A question of page one, in a few words, and its answer."""

    question: str
    text: str


def answers(results: Results, numbers: Mapping[str, Number]) -> list[Answer]:
    """Return the answers of page one, in its order."""
    said = Numbers(numbers)
    if results.about.kind == "counts":
        return [
            Answer("How many get worse?", _rate(results, said)),
            Answer("Do units differ by more than chance?", _differ(results, said)),
            Answer("Who stands out?", _unlike(said)),
            Answer("How well can the next period be forecast?", _forecast(results, said)),
            Answer("How much is noise of the questionnaire?", "Not known: counts have no scores."),
        ]
    return [
        Answer("How many get worse?", _rate(results, said)),
        Answer(f"Do {results.units} differ by more than chance?", _differ(results, said)),
        Answer("Who stands out?", _flagged(results, said)),
        Answer("How much is noise of the questionnaire?", _noise(results, said)),
        Answer("What could these data not have shown?", could_not(results, said)),
    ]


def headline(results: Results, numbers: Mapping[str, Number]) -> str:
    """Return the verdict in one sentence."""
    if "flagged" not in numbers:
        return f"These data do not allow a comparison of {results.units}."
    harmful, beyond = (int(numbers[name]["value"]) if name in numbers else 0 for name in ("flagged", "beyond"))
    if results.about.kind == "counts":
        return _units(beyond, results)
    if harmful:
        is_flagged = f"is flagged: its rate is probably more than {RATIO_IN_WORDS} the average"
        are_flagged = f"are flagged: their rates are probably more than {RATIO_IN_WORDS} the average"
        said = f"{_count(harmful, results)} {is_flagged if harmful == 1 else are_flagged}"
        return f"{said}. That is a reason to look closer, not a finding of cause."
    if beyond:
        has = "has" if beyond == 1 else "have"
        return (
            f"{_count(beyond, results)} {has} more deteriorations than chance and recorded case mix explain; nobody’s "
            "rate "
            f"is shown to be more than {RATIO_IN_WORDS} the average."
        )
    return f"No {results.unit} stands out by more than chance and recorded case mix explain."


def _units(beyond: int, results: Results) -> str:
    if not beyond:
        return "No unit stands out among the others in the last period."
    stand = "stands" if beyond == 1 else "stand"
    said = f"{_count(beyond, results)} {stand} out in the last period."
    return f"{said} That is a reason to look closer, not a finding of cause."


def _count(number: int, results: Results) -> str:
    return f"One {results.unit}" if number == 1 else f"{number} {results.units}"


def roughly(said: Numbers, name: str) -> str:
    """Return a number with its 95 % interval, to the first digit of its standard error: nobody reads more."""
    found = said.numbers[name]
    value, low, high = (float(found[end]) for end in ("value", "low", "high"))
    error = 10 * (high - low) / 4
    return f"{rounded(value, error)} (95{NARROW}% interval {rounded(low, error)} to {rounded(high, error)})"


def _rate(results: Results, said: Numbers) -> str:
    if "rate" not in said.numbers:
        return _missing("The rate was not estimated", results.reason(*PLAIN_MODELS))
    if results.about.kind == "counts":
        return f"Of 100 finished courses of a typical unit, {roughly(said, 'rate')} end in reliable deterioration."
    rate, drawn = roughly(said, "rate"), f"each with a {results.unit} drawn at random"
    if "observed" not in said.numbers:
        return f"Of 100 finished courses, {drawn}, {rate} would end in reliable deterioration."
    counted = f"Of 100 finished courses, {said.plain('observed')} ended in reliable deterioration"
    return f"{counted}. Were they {drawn}, {rate} would."


def _differ(results: Results, said: Numbers) -> str:
    if "mor" not in said.numbers:
        return _missing(f"The spread between {results.units} was not estimated", results.reason(*PLAIN_MODELS))
    ratio = roughly(said, "mor")
    if hardly_moved(results, "mor", "vpc", "therapist_sd"):
        first = "These data cannot say: they hardly moved what was assumed before."
    elif said.numbers["mor"]["low"] > CLEAR:
        first = "Yes."
    else:
        first = "Not clearly: a spread near 0 fits these data, too."
    return (
        f"{first} {_alike(results)}, the odds of deteriorating differ between two {results.units} drawn at random by a "
        f"factor of {ratio}, typically; 1 would mean no difference."
    )


def _alike(results: Results) -> str:
    """What is held alike where the odds of two therapists are compared."""
    models = results.table("models")
    main = models.loc[true(models["main"]), "model"] if {"main", "model"} <= set(models) else ()
    if results.about.kind == "counts" or not set(main) - set(PLAIN_MODELS):
        return "With no account taken of who their clients are"
    return "For clients of the same recorded case mix"


def _flagged(results: Results, said: Numbers) -> str:
    if "flagged" not in said.numbers:
        return _missing(f"No {results.unit} was judged", results.reason(*PLAIN_MODELS))
    rate = f"a false discovery rate of {said.n('fdr')}{NARROW}%"
    harmful = f"{said.n('flagged')} of {said.n('judged')} {results.units} as above {RATIO_IN_WORDS} the average rate"
    text = f"The model flags {harmful}, at {rate}."
    if "beyond" in said.numbers:
        text += f" Exact tests at that rate find more deteriorations than expected with {said.n('beyond')}."
    if "unsaid" in said.numbers:
        text += f" Of {said.n('unsaid')} more it is left out, because their numbers are small."
    if not said.numbers["flagged"]["value"] and not said.numbers.get("beyond", {}).get("value"):
        text += " That is no proof that all are alike."
    return text


def _unlike(said: Numbers) -> str:
    if "beyond" not in said.numbers:
        return "Nobody was judged; the tables give no reason."
    return (
        f"{said.n('beyond')} of {said.n('judged')} units have more deteriorations than a unit like the others would, "
        "at a "
        f"false discovery rate of {said.n('fdr')}{NARROW}% in the last period."
    )


def _forecast(results: Results, said: Numbers) -> str:
    if "forecast_width" not in said.numbers:
        return _missing("There is no forecast", results.reason("forecast") or "it needs at least two periods")
    width = said.plain("forecast_width")
    text = f"95{NARROW}% intervals of a unit’s next rate are {width} percentage points wide on average."
    if "covered" in said.numbers:
        text += f" Of 100 earlier counts, {said.plain('covered')} lay within such intervals."
    return text


def _noise(results: Results, said: Numbers) -> str:
    if "noise" not in said.numbers:
        table = results.table("noise")
        said_why = table.loc[table["quantity"] == "not possible", "basis"] if "basis" in table else ()
        return _missing("Not known", results.reason("noise") or next(iter(said_why), "") or "it needs scores")
    found = said.numbers["noise"]
    error = 10 * (float(found["high"]) - float(found["low"])) / 4
    value, low, high = (rounded(float(found[end]), error) for end in ("value", "low", "high"))
    return (
        f"Of 100 clients counted as deteriorated, {value} ({low} to {high}, if the error is a fifth smaller or greater "
        "and by chance) are not truly worse, or hardly: the questionnaire’s error makes them look so. Ups and downs "
        "from week to week are not counted as error here; with them it would be more."
    )


def _missing(what: str, reason: str) -> str:
    return f"{what}: {reason.rstrip('.')}." if reason else f"{what}; the tables give no reason."
