"""The paper and its supplement, made of small tables, for tests of what stands on them."""

import pandas as pd

from iatrogenesis.core.references import read_references
from iatrogenesis.figures import FACTS
from iatrogenesis.report import numbers as collect
from iatrogenesis.report.figure_words import words_of
from iatrogenesis.report.page import page_tables, page_words
from iatrogenesis.report.pages import report_pages
from iatrogenesis.report.pictures import page_figures
from iatrogenesis.report.tables import Table
from iatrogenesis.report.traces import traces
from tests.conftest import CONFIG
from tests.report.report_tables import of_the_checks, of_the_ensemble, of_the_fits, of_the_study, of_the_world

TITLES = {"routine_care": "Routine care", "high_burnout": "A burned-out service"}
FIGURES = [name for name, facts in FACTS.items() if facts.get("NEEDS") != "service counts"]


def results_of(study) -> dict[str, pd.DataFrame]:
    """Small tables of the right columns."""
    return {
        **of_the_world(study, list(TITLES)),
        **of_the_fits(study.routine_care),
        **of_the_checks(study, study.routine_care),
        **of_the_study(),
        **of_the_ensemble(),
    }


def numbers_of(study, results) -> dict:
    """Every number of the report from these."""
    routine_care, everything = study.catalogue[study.routine_care], study.catalogue[study.config.conclusions.prevented]
    return collect.every_number(results, routine_care, everything, study.config.model_dump(mode="json"))


def worlds(study) -> dict:
    """Whatever has numbers with a source."""
    fullest = study.catalogue[study.config.conclusions.prevented]
    rest = {"policies": study.policies, "instruments": study.setup.instruments}
    return {"routine_care": study.catalogue[study.routine_care], "everything": fullest} | rest


def traced(study, numbers) -> Table:
    return traces(study.claims, numbers, {claim.table: ("some rule", "its script") for claim in study.claims.values()})


def both(study, results, numbers) -> dict[str, str]:
    """The paper and its supplement."""
    references = read_references(CONFIG / "references.bib")
    priors = study.config.fit.priors.model_dump(mode="json")
    return report_pages(
        numbers,
        page_figures(dict.fromkeys(FIGURES, b"<svg/>"), {name: words_of(name) for name in FIGURES}),
        page_tables(results, worlds(study), TITLES, priors, references) | {"traces": traced(study, numbers)},
        page_words(results, study.catalogue[study.routine_care])
        | {
            "study": "x",
            "judged_by": study.judged_by,
            "commit": "abc1234",
            "versions": ["numpy 2"],
        },
        references,
    )
