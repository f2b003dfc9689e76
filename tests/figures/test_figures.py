"""Every figure draws from small tables of the right columns, always the same bytes, and can be read aloud."""
# long: a small table for each figure

from importlib import import_module
from inspect import signature

import numpy as np
import pandas as pd
import pytest

from iatrogenesis.evidence.client_flow import STEPS
from iatrogenesis.figures import FACTS
from iatrogenesis.figures.funnel import limit
from iatrogenesis.figures.style import UNDATED, save
from iatrogenesis.figures.trajectories import FEWEST_CLIENTS, _means, _thirds
from iatrogenesis.harm.conclusions import MAIN
from iatrogenesis.report.figure_words import words_of
from iatrogenesis.simulation_study.policies import POLICIES
from iatrogenesis.world.causal_arrows import arrows
from iatrogenesis.world.scenarios import load_catalogue
from tests.conftest import CONFIG

NAMES = sorted(FACTS)


def _therapists(count: int) -> pd.DataFrame:
    clients = np.arange(20, 20 + count)
    deteriorated = np.arange(count) % 6
    rate = deteriorated / clients
    modelled = 0.5 * rate + 0.03
    return pd.DataFrame(
        {
            "therapist_id": [f"T{i:03d}" for i in range(count)],
            "clients": clients,
            "deteriorated": deteriorated,
            "raw_rate": rate,
            "raw_low": rate / 2,
            "raw_high": rate + 0.1,
            "rate": modelled,
            "rate_low": modelled / 2,
            "rate_high": 2 * modelled,
            "true_rate": modelled,
        }
    )


def _scenarios() -> pd.DataFrame:
    measures = {"net_against_reference": 5.0, "net_true_against_reference": 4.0, "iatrogenic": 15.0, "spared": 10.0}
    measures |= {"caused_at_least": 5.0, "caused_at_most": 60.0, "deteriorated_per_client": 60.0}
    return pd.DataFrame(
        [
            {"scenario": name, "measure": measure, "value": k * value, "low": k * value - 4, "high": k * value + 4}
            for k, name in enumerate(("routine_care", "high_burnout"), start=1)
            for measure, value in measures.items()
        ]
    )


def _evidence() -> pd.DataFrame:
    verdicts = ["reproduced", "unclear", "not reproduced", "not reproduced"]
    return pd.DataFrame(
        {
            "id": ["D01", "M07", "T01", "B02"],
            "quantity": [
                "Reliable deterioration among finished courses",
                "Dropout",
                "VPC",
                "Odds ratio of improvement",
            ],
            "label": ["fitted", "input", "predicted", "fitted"],
            "published": [0.06, 0.2, 0.1, 0.6],
            "tolerance": [0.005, 0.005, 0.005, 0.05],
            "published_low": [0.05, 0.19, 0.09, 0.5],
            "published_high": [0.07, 0.21, 0.11, 0.7],
            "simulated": [0.06, 0.22, 0.9, 0.3],
            "mcse": [0.01, 0.02, 0.01, 0.01],
            "verdict": verdicts,
        }
    )


def _effects() -> pd.DataFrame:
    estimands = ["therapist_sd", "vpc", "log_odds_ratio[burnout]", "log_odds_ratio[age[18-25]]"]
    rows = [(dataset, "therapist", name) for dataset in ("routine_care", "known") for name in estimands]
    rows += [(f"nhs-20{year}-{year + 1}", "intercept_only", "therapist_sd") for year in (17, 18)]
    table = pd.DataFrame(rows, columns=["dataset", "model", "estimand"])
    return table.assign(truth=0.2, truth_mcse=0.01, estimate=0.25, low=0.1, high=0.4)


def _attribution() -> pd.DataFrame:
    kinds, ways = ("burnout", "poor_communication"), ("alone", "removed", "shapley")
    rows = [(k, w, o) for k in kinds for w in ways for o in ("deteriorated", "deteriorated_at_follow_up")]
    table = pd.DataFrame(rows, columns=["mechanism", "attribution", "outcome"])
    value = np.arange(len(table), dtype=float)
    return table.assign(value=value, low=value - 1, high=value + 1)


def _preventions() -> pd.DataFrame:
    readings, outcomes = ("sceptical", "central", "optimistic"), ("deteriorated", "prevention_hours")
    rows = [(s, r, o) for s in ("with_repair", "all_preventions") for r in readings for o in outcomes]
    table = pd.DataFrame(rows, columns=["scenario", "reading", "outcome"])
    value = -np.arange(len(table), dtype=float)
    return table.assign(value=value, low=value - 1, high=value + 1)


def _second_episodes() -> pd.DataFrame:
    """Two worlds, one route that bears on seeking help."""
    outcomes = ("improved", "dropped_out", "deteriorated")
    rows = [
        (world, "", "clients", "follow_up", outcome)
        for world in ("routine_care", "reference", "no_low_hope")
        for outcome in ("unwell", "returning", "not_returning")
    ]
    rows += [
        (world, "", *course, outcome)
        for world in ("routine_care", "reference", "no_low_hope")
        for course in (("clients", "first"), ("returning", "first"), ("returning", "second"))
        for outcome in outcomes
    ]
    rows += [
        ("routine_care", less, "clients", "follow_up", "not_returning") for less in ("low_hope_barrier", "no_low_hope")
    ]
    table = pd.DataFrame(rows, columns=["world", "less", "people", "course", "outcome"])
    value = 200.0 + np.arange(len(table))
    return table.assign(less=table["less"].replace("", np.nan), value=value, low=value - 9, high=value + 9)


def _performance() -> pd.DataFrame:
    of = {
        "log_odds_ratio_rated[burnout]": ("bias", "coverage", "power"),
        "therapist_sd": ("bias", "coverage"),
        "flag_fdr": ("sensitivity", "mfdr"),
        "flag_worst": ("sensitivity", "mfdr"),
        "flag_probable": ("sensitivity", "mfdr"),
    }
    rows = [
        (cell, method, estimand, "type_1_error" if measure == "power" and cell == "burnout_none" else measure)
        for cell in ("reference_cell", "burnout_none", "world")
        for method in ("raw", "logistic", "glmm", "casemix", "therapist")
        for estimand, measures in of.items()
        for measure in measures
    ]
    table = pd.DataFrame(rows, columns=["cell", "method", "estimand", "measure"])
    return table.assign(value=np.linspace(0.05, 0.95, len(table)), mcse=0.03, replicates=76)


def _advice() -> pd.DataFrame:
    rows = [
        {"question": question, "quantity": quantity, "therapists": therapists, "clients": clients, "effect": effect}
        for question, quantity, effect in (
            ("spread", "width", np.nan),
            ("burnout", "power", 0.25),
            ("flagging", "flagged", np.nan),
            ("flagging", "raw_flagged", np.nan),
            ("flagging", "sensitivity", np.nan),
            ("flagging", "mfdr", np.nan),
            ("flagging", "raw_sensitivity", np.nan),
            ("flagging", "raw_mfdr", np.nan),
            ("reliability", "raw_rate", np.nan),
            ("reliability", "formula", np.nan),
        )
        for therapists in (20, 80)
        for clients in (15, 60, 240)
    ]
    table = pd.DataFrame(rows).assign(therapist_sd=0.61, mcse=0.02, replicates=76)
    return table.assign(value=np.linspace(0.1, 0.9, len(table)))


def _policies() -> pd.DataFrame:
    rows = [(policy, measure) for policy in POLICIES for measure in ("averted", "fdr")]
    rows = [(policy, measure) for policy, measure in rows if measure == "averted" or "e_" in policy]
    table = pd.DataFrame(rows, columns=["policy", "measure"])
    middle = np.linspace(5.0, 60.0, len(table))
    ends = {"low_90": -9, "low_50": -4, "median": 0, "high_50": 5, "high_90": 12}
    return table.assign(**{name: middle + end for name, end in ends.items()})


def _predictive() -> pd.DataFrame:
    rows = [
        {"model": model, "statistic": statistic, "check": check, "observed": 5.0, "expected": expected}
        for model in ("intercept_only", "casemix", "growth")
        for statistic, expected in (("deterioration rate, %", 5.5), ("highest therapist's rate, %", 2.0))
        for check in ("prior", "posterior")
    ]
    table = pd.DataFrame(rows)
    table["low"], table["high"] = table["expected"] - 1, table["expected"] + 1
    return table.assign(inside=table["low"].le(5.0) & table["high"].ge(5.0))


def _conclusions() -> pd.DataFrame:
    labels = {name: one.label for name, one in MAIN.items()}
    labels |= {f"route.{kind}": f"Averted if closed: {kind}" for kind in ("burnout", "misfit")}
    labels |= {"prevention.repair": "Averted by this prevention alone: repair"}
    table = pd.DataFrame({"conclusion": list(labels), "label": list(labels.values())})
    middle = np.linspace(60.0, -2.0, len(table))
    ends = {"low_90": -9, "low_50": -4, "median": 0, "high_50": 5, "high_90": 12}
    return table.assign(**{name: middle + end for name, end in ends.items()}, members=300)


def _drivers() -> pd.DataFrame:
    unknowns = ["share of burnout", *(f"mechanisms.burnout.number_{i}" for i in range(11))]
    table = pd.DataFrame([(name, unknown) for name in MAIN for unknown in unknowns], columns=["conclusion", "unknown"])
    correlation = np.linspace(-0.6, 0.5, len(table))
    return table.assign(
        correlation=correlation, explained=correlation**2, spread_left=np.linspace(0.3, 1.02, len(table))
    )


def _what_if() -> pd.DataFrame:
    rows = [
        {"allocation": allocation, "question": question, "analysis": analysis}
        for allocation in ("chance", "severity", "course")
        for question in ("burnout_down", "caseload_limit")
        for analysis in ("ratings", "true states")
    ]
    return pd.DataFrame(rows).assign(truth=-16.0, truth_mcse=1.0, value=-14.0, low=-20.0, high=-9.0)


def _missing() -> pd.DataFrame:
    delta = np.linspace(-0.5, 1.5, 9)
    parts = [
        pd.DataFrame({"delta": delta, "rate": 0.06 + slope * (delta + 0.5), "rank_correlation": 1 - slope * delta**2})
        .eval("rate_low = rate - 0.01")
        .eval("rate_high = rate + 0.01")
        .assign(missing=missing, reported=0.061, reported_low=0.05, reported_high=0.07, completed_delta=-0.4)
        for missing, slope in (("no second score", 0.01), ("left early", 0.05))
    ]
    return pd.concat(parts, ignore_index=True)


def _what_if_ranges() -> pd.DataFrame:
    asked = _what_if()[["allocation", "question"]].drop_duplicates()
    return asked.assign(low_90=2.0, high_90=26.0)


def _curves() -> pd.DataFrame:
    share = np.arange(1, 101) / 101
    parts = [
        pd.DataFrame({"share": share, "difference": size * np.sin(7 * share), "low": -0.1, "high": 0.1}).assign(
            model=model, engine=engine, quantity=f"q{size}", simulations=40, calibrated=size < 0.1
        )
        for model, engine in (
            ("intercept_only", "collapsed"),
            ("intercept_only", "nuts"),
            ("growth", "nuts"),
            ("measurement", "nuts"),
        )
        for size in (0.02, 0.05, 0.2)
    ]
    return pd.concat(parts, ignore_index=True)


def _courses() -> tuple[pd.DataFrame, pd.DataFrame]:
    clients = pd.DataFrame({"client_id": [f"C{i:03d}" for i in range(120)]})
    clients["therapist_id"] = [f"T{i % 12}" for i in range(120)]
    clients["burnout"] = [(i % 12) / 6 - 1 for i in range(120)]
    sessions = clients.loc[clients.index.repeat(8), ["client_id", "therapist_id"]].assign(
        session=np.tile(np.arange(1, 9), 120), phq9=np.tile(np.arange(15, 7, -1), 120)
    )
    return clients, sessions.reset_index(drop=True)


def _weeks() -> pd.DataFrame:
    week, therapist = np.meshgrid(np.arange(53), np.arange(8), indexing="ij")
    burnout = np.sin(therapist + week / 20)
    ids = [f"T{i}" for i in therapist.ravel()]
    return pd.DataFrame(
        {"therapist_id": ids, "week": week.ravel(), "burnout": burnout.ravel(), "caseload": 10 + therapist.ravel()}
    )


def _arrows() -> pd.DataFrame:
    """The arrows of the whole world, so that all its words are drawn."""
    world = load_catalogue(CONFIG / "scenarios", CONFIG / "references.bib")["all_preventions"]
    return pd.DataFrame([vars(arrow) for arrow in arrows(world)])


def _flow() -> pd.DataFrame:
    """Every step, with as many digits as a large study has."""
    table = pd.DataFrame(
        [{"step": step, "part_of": of or None, "published": 0.058} for step, (of, _, _) in STEPS.items()]
    )
    return table.assign(clients=1_234_567, per_1000=987.6, mcse=0.4, share_of_step=0.9876)


def _tables(name: str) -> dict:
    if name in ("caterpillar", "funnel", "hospitals"):
        return {"therapists": _therapists(12)}
    if name == "drivers":
        return {"drivers": _drivers(), "conclusions": _conclusions()}
    if name == "what_if":
        return {"what_if": _what_if(), "what_if_ranges": _what_if_ranges()}
    if name == "trajectories":
        return dict(zip(("clients", "sessions"), _courses(), strict=True))
    single = {
        "scenarios": ("scenarios", _scenarios),
        "evidence": ("evidence", _evidence),
        "key_patterns": ("evidence", _evidence),
        "services": ("effects", _effects),
        "performance": ("performance", _performance),
        "spread_found": ("performance", _performance),
        "flagging": ("advice", _advice),
        "flagging_methods": ("performance", _performance),
        "advice": ("advice", _advice),
        "policies": ("policies", _policies),
        "predictive": ("predictive", _predictive),
        "missing_last_scores": ("missing", _missing),
        "sbc": ("curves", _curves),
        "conclusions": ("conclusions", _conclusions),
        "attribution": ("attribution", _attribution),
        "preventions": ("preventions", _preventions),
        "second_episodes": ("second_episodes", _second_episodes),
        "burnout_year": ("therapist_weeks", _weeks),
        "causal_diagram": ("arrows", _arrows),
        "client_flow": ("flow", _flow),
        "posterior_against_truth": ("effects", _effects),
    }
    keyword, make = single[name]
    return {keyword: make()} | ({"routine_care": "routine_care"} if name == "posterior_against_truth" else {})


# Curves, points and many small panels; the others are saved twice in the slow tier.
SAVED = ("trajectories", "funnel", "drivers")


@pytest.mark.parametrize(
    "name", [name if name in SAVED else pytest.param(name, marks=pytest.mark.slow) for name in NAMES]
)
def test_same_tables_same_bytes(name, tmp_path):
    module = import_module(f"iatrogenesis.figures.{name}")
    for attempt in ("a", "b"):
        save(module.draw(**_tables(name)), *(tmp_path / f"{attempt}.{form}" for form in UNDATED))
    for form in UNDATED:
        first, second = ((tmp_path / f"{attempt}.{form}").read_bytes() for attempt in ("a", "b"))
        assert first == second
        assert len(first) > 1000
    svg = (tmp_path / "a.svg").read_text()
    assert "<dc:date>" not in svg
    assert b"CreationDate" not in (tmp_path / "a.pdf").read_bytes()
    assert "<text" not in svg  # letters are paths: the same on every machine
    assert list(tmp_path.glob(".*")) == []


@pytest.mark.parametrize("name", NAMES)
def test_can_be_read_aloud_and_leaves_the_tables_alone(name):
    module = import_module(f"iatrogenesis.figures.{name}")
    assert len(module.ALT) > 60 and len(module.CAPTION) > 150
    assert module.__doc__.splitlines()[0].endswith(("?", "."))
    tables = _tables(name)
    before = {key: value.copy() for key, value in tables.items() if isinstance(value, pd.DataFrame)}
    module.draw(**tables)
    for key, value in before.items():
        pd.testing.assert_frame_equal(tables[key], value)


def test_every_figure_says_what_it_takes():
    assert set(FACTS) == set(NAMES)
    for name, facts in FACTS.items():
        module = import_module(f"iatrogenesis.figures.{name}")
        assert all(getattr(module, fact) == value for fact, value in facts.items() if fact != "__doc__"), name
        assert set(facts["TABLES"]) == set(signature(module.draw).parameters) - {"routine_care"}, name


def test_words_stay_inside_the_picture():
    """Nothing is cut off: every text lies within the figure's edges."""
    for name in NAMES:
        made = import_module(f"iatrogenesis.figures.{name}").draw(**_tables(name))
        made.draw_without_rendering()
        width, height = made.bbox.width, made.bbox.height
        texts = [made._suptitle, *(text for axes in made.axes for text in axes.texts)]
        texts += [text for legend in made.legends for text in legend.get_texts()]
        for text in texts:
            box = text.get_window_extent()
            assert box.x0 >= -1 and box.x1 <= width + 1, (name, text.get_text())
            assert box.y0 >= -1 and box.y1 <= height + 1, (name, text.get_text())


def test_funnel_limits_hold_their_share():
    """Between whole counts the limit is interpolated, so that it rises and falls smoothly around the exact share."""
    from scipy.stats import binom

    for size in (20, 57, 300):
        for tail in (0.975, 0.999):
            at = float(limit(size, 0.06, tail)) * size
            assert binom.cdf(np.floor(at), size, 0.06) <= tail + 1e-9 <= binom.cdf(np.floor(at) + 1, size, 0.06) + 2e-9


def test_thirds_are_equal_and_ordered():
    clients, _ = _courses()
    thirds = _thirds(clients)
    assert thirds.value_counts().to_dict() == {0: 40, 1: 40, 2: 40}
    burnout = clients.set_index("client_id")["burnout"]
    assert burnout[thirds == 0].max() <= burnout[thirds == 1].min() <= burnout[thirds == 2].min()


def test_intervals_take_the_therapist_as_unit():
    """With one value per therapist, more clients each change nothing but the weight: the interval stays as wide."""
    few = pd.DataFrame({"session": 1, "therapist_id": list("ABCD") * 6, "phq9": [8, 10, 12, 14] * 6})
    many = pd.concat([few] * 5)
    narrow, wide = _means(many).iloc[0], _means(few).iloc[0]
    assert narrow["mean"] == wide["mean"] == 11
    assert narrow["high"] - narrow["low"] == pytest.approx(wide["high"] - wide["low"])
    assert _means(few.iloc[: FEWEST_CLIENTS - 1]).empty


def test_captions_can_be_read_without_drawing():
    for name in NAMES:
        caption = import_module(f"iatrogenesis.figures.{name}").CAPTION
        for phrase, words in (("{ratio}", "twice"), ("{percent}", "80 %"), ("{fdr}", "20 %")):
            caption = caption.replace(phrase, words)
        assert words_of(name)["caption"] == caption
