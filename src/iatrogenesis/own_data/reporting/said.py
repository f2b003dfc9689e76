"""Sentences of the sections after page one, from tables alone."""

from collections.abc import Mapping

from iatrogenesis.own_data.reporting import methods_paragraph
from iatrogenesis.own_data.reporting.cells import first, left_out, true
from iatrogenesis.own_data.reporting.could import in_words
from iatrogenesis.own_data.reporting.moved import marked
from iatrogenesis.own_data.reporting.results import Results
from iatrogenesis.own_data.reporting.units import last_period
from iatrogenesis.own_data.small_numbers import HIDDEN, LEAST
from iatrogenesis.report.entry import Number
from iatrogenesis.report.render import Numbers


def sentences(results: Results, numbers: Mapping[str, Number], cite: methods_paragraph.Cites) -> dict[str, object]:
    """Return every sentence by the name that templates use."""
    return {
        "data": _data(results, Numbers(numbers)),
        "definition": _definition(results),
        "checks_said": _checks(results),
        "diagnostics_said": _diagnostics(results),
        "predictive_said": _predictive(results),
        "moved_said": _moved(results),
        "unnamed_said": _unnamed(results),
        "small_said": _small(results),
        "false_alarms": f"{results.settings.surveillance.false_alarms:g}",
        "could_said": [*in_words(results.table("ceiling")), *_notes(results, cite, "ceiling", "error_rates")],
        "priors_said": _priors(results),
        "cusum_said": _cusum(results),
        "cite": methods_paragraph.citation(),
    }


def _data(results: Results, said: Numbers) -> str:
    known = said.numbers
    if {"courses", "therapists"} <= set(known):
        return f"This report is about {said.n('courses')} finished courses of {said.n('therapists')} {results.units}."
    known_names = [name for name in ("courses", "therapists") if name in known]
    what = {"courses": "finished courses", "therapists": results.units}
    return "".join(f"This report is about {said.n(name)} {what[name]}." for name in known_names)


def _definition(results: Results) -> str:
    about = results.about
    least = results.settings.outcome.finished_sessions
    if about.kind == "counts":
        return "The data are counts: finished courses, and how many of them ended in reliable deterioration."
    finished = f"A course is finished, and can be judged, after at least {least} sessions."
    if not about.judged_by:
        return f"Whether a client deteriorated was given in the data. {finished}"
    names = " or ".join(about.instruments[name].name for name in about.judged_by)
    none = ", and no questionnaire has improved by as much" if len(about.judged_by) > 1 else ""
    return (
        f"A client has reliably deteriorated if the last score of the {names} is worse than the first by the reliable "
        f"change or more{none}. {finished}"
    )


def _checks(results: Results) -> str:
    table = results.table("checks")
    if "severity" not in table:
        return ""
    counts = table["severity"].value_counts()
    parts = [f"{counts[name]} {name if name != 'passed' else 'without a finding'}" for name in counts.index]
    return f"Of {len(table)} checks: {', '.join(parts)}. Examples stand in checks.html, not here."


def _diagnostics(results: Results) -> str:
    table = results.table("diagnostics")
    if "passed" not in table:
        return ""
    bad = table[~true(table["passed"])]
    if bad.empty:
        return f"All {len(table)} fits met the convergence criteria."
    names = ", ".join(dict.fromkeys(bad["model"].astype(str).replace("intercept_only", "intercept only")))
    return f"{len(bad)} of {len(table)} fits did not meet the convergence criteria; do not use their numbers: {names}."


def _predictive(results: Results) -> str:
    table = results.table("predictive")
    column = first(table, "inside")
    if column is None:
        return ""
    if "check" in table:
        table = table[table["check"] == "posterior"]
    outside = table[~true(table[column])]
    if outside.empty:
        return "Each statistic of the data lies within the 95 % interval of data replicated from the fitted models."
    said = ", ".join(f"{row.statistic} ({row.model})".replace("_", " ") for row in outside.itertuples())
    return (
        f"{len(outside)} of {len(table)} statistics lie outside the 95 % interval of replicated data, so the models "
        "miss "
        f"something: {said}."
    )


def _moved(results: Results) -> str:
    table = results.table("estimates")
    count = int(marked(table).sum()) if len(table) else 0
    if not count:
        return "Each estimate is narrower than its prior: the data had a say in all of them."
    return (
        f"In {count} of {len(table)} rows the data hardly moved the prior: there the number says what was assumed, and "
        "not "
        "what was found."
    )


def _unnamed(results: Results) -> str:
    people, least = results.people, results.names.least
    together = len(results.table("therapists")) > len(people)
    unnamed = len(people) - len(results.names.named)
    if together:
        return (
            f"{results.units.capitalize()} with fewer than {least} finished courses stand in one row together: of so "
            "few "
            "courses nothing can be said, and they are not named. They stay in every model."
        )
    if unnamed:
        return f"{unnamed} of {len(people)} {results.units} have fewer than {least} finished courses and are not named."
    return f"All {results.units} have {least} finished courses or more, and are named."


def _small(results: Results) -> str:
    """What small numbers leave out, beside the numbers themselves; nothing where they are shown."""
    if results.settings.privacy.small_numbers == "none":
        return ""
    counts = results.about.kind == "counts"
    table = last_period(results) if counts else results.people
    number, every = int(left_out(table, "deteriorated").sum()), len(table)
    if not number:
        return "Counts are rounded to 5. None is so small that it had to be left out."
    which = "of the last period " if counts else ""
    return (
        f"Counts are rounded to 5. The number of deteriorated courses {which}is left out ({HIDDEN}) for {number} of "
        f"{every} {results.units}: it is below {LEAST}, or one could be derived from it. Rates, ranks and flags of "
        "these are left out with it, estimated ones too: they grow with each course that deteriorated, and give the "
        "number away. All courses stay in every model and in every total."
    )


def _notes(results: Results, cite: methods_paragraph.Cites, *names: str) -> list[str]:
    """What the notes of tables say, each once."""
    notes = [note for name in names for note in results.table(name).get("note", [])]
    said = dict.fromkeys(note for note in notes if isinstance(note, str) and note.strip())
    return [methods_paragraph.with_sources(note, cite) for note in said]


def _priors(results: Results) -> str:
    table = results.table("sensitivity_priors")
    if "verdict" not in table:
        return ""
    other = table[table["verdict"].astype(str) != "hardly moves"]
    if other.empty:
        return f"None of {len(table)} changes of a prior moves an estimate noticeably."
    named = other["name"] if "name" in other else other["estimand"]
    quantities = "; ".join(dict.fromkeys(named.dropna().astype(str)))
    return f"{len(other)} of {len(table)} changes of a prior matter, or could not be judged: {quantities}."


def _cusum(results: Results) -> list[str]:
    """How many charts raise an alarm, and how many would if nothing had changed; a sentence per level."""
    if not results.has("cusum", "level", "alarms", "charts", "false_alarms_expected"):
        return []
    firsts = results.table("cusum").drop_duplicates("level").to_dict("records")
    return [
        f"{row['alarms']:.0f} of {row['charts']:.0f} {row['level']} charts raise an alarm; "
        f"{row['false_alarms_expected']:.1f} would if each rate were as expected throughout."
        for row in firsts
    ]
