"""Monte Carlo errors of services that share worlds, and of differences between methods on the same services."""

import numpy as np
import pandas as pd
import pytest

from iatrogenesis.core.streams import Noise
from iatrogenesis.simulation_study.differences import COLUMNS, differences, of_estimates
from iatrogenesis.simulation_study.judge import judged, judged_with_parts
from iatrogenesis.simulation_study.over_services import mean_of, paired, ratio_of, row
from iatrogenesis.simulation_study.performance import performance
from iatrogenesis.simulation_study.profiling import profiling

WORLDS, SERVICES, COUNT = 8, 40, 15


def noise(name: str, services: int = SERVICES, repetition: int = 0) -> np.ndarray:
    return Noise(41 + repetition).normal(name, replicate=np.arange(services))


def by_hand(part: list[float], whole: list[float], worlds: int) -> float:
    """Error of a ratio of sums over worlds, replicate r being in world r modulo their number."""
    value, total = sum(part) / sum(whole), sum(whole)
    left = [0.0] * worlds
    for replicate, (one, of) in enumerate(zip(part, whole, strict=True)):
        left[replicate % worlds] += one - value * of
    return (worlds / (worlds - 1) * sum(one**2 for one in left)) ** 0.5 / total


def test_errors_are_those_of_worlds():
    part, whole = pd.Series(noise("part") + 3), pd.Series(np.abs(noise("whole")) + 1)
    *_, value, error, services = row(ratio_of("a", "b", part, whole), WORLDS)
    assert (value, services) == (pytest.approx(part.sum() / whole.sum()), SERVICES)
    assert error == pytest.approx(by_hand(list(part), list(whole), WORLDS))
    *_, alone, _ = row(ratio_of("a", "b", part, whole))
    assert alone == pytest.approx(by_hand(list(part), list(whole), SERVICES))
    *_, of_mean, _ = row(mean_of("a", "b", part))
    assert of_mean == pytest.approx(part.std(ddof=1) / SERVICES**0.5)


def shared(repetition: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Therapists who are overrated in some worlds, and underrated in others."""
    replicate, therapist = (place.ravel() for place in np.indices((SERVICES, COUNT)))
    of_world = 0.01 * noise("world", WORLDS, repetition)
    who = {"replicate": np.arange(SERVICES)[:, None], "therapist": np.arange(COUNT)}
    error = (of_world[np.arange(SERVICES) % WORLDS][:, None] + 0.01 * Noise(repetition).normal("error", **who)).ravel()
    rates = pd.DataFrame({"replicate": replicate, "therapist": therapist, "rate": 0.06})
    told = rates.assign(rate=0.06 + error, score=error, exceeds=np.nan)
    return told.assign(low=told["rate"] - 0.02, high=told["rate"] + 0.02), rates


@pytest.mark.parametrize("measure", ["bias", pytest.param("coverage", marks=pytest.mark.slow)])
def test_worlds_that_are_ignored_are_seen(measure):
    """Over repetitions a measure varies by its error where worlds are told, and by far more where they are not."""
    found = {worlds: [] for worlds in (1, WORLDS)}
    for repetition in range(60):
        for worlds, errors in found.items():
            table = profiling(*shared(repetition), worlds=worlds).set_index(["estimand", "measure"])
            errors.append(table.loc[("therapist_rate", measure), ["value", "mcse"]].tolist())
    actual = np.std([value for value, _ in found[1]], ddof=1)
    told, ignored = (np.sqrt(np.mean([error**2 for _, error in found[worlds]])) for worlds in (WORLDS, 1))
    assert told / actual == pytest.approx(1, abs=0.3)
    assert ignored / actual < 0.6


def standard_errors(error, se, world, kept) -> list[float]:
    """Empirical and model standard error in some worlds, and the relative error, by hand."""
    square = freedom = 0.0
    for one in kept:
        errors = [x for x, w in zip(error, world, strict=True) if w == one]
        square += sum((x - sum(errors) / len(errors)) ** 2 for x in errors)
        freedom += len(errors) - 1
    ses = [x for x, w in zip(se, world, strict=True) if w in kept]
    empirical, model = (square / freedom) ** 0.5, (sum(x**2 for x in ses) / len(ses)) ** 0.5
    return [empirical, model, model / empirical - 1]


def test_standard_errors_over_worlds_have_jackknife_errors():
    error, se = noise("error"), 0.2 + 0.1 * np.abs(noise("se"))
    table = pd.DataFrame({"estimate": error, "se": se, "low": error - se, "high": error + se, "truth": 0.0})
    world = np.arange(SERVICES) % WORLDS
    found = performance(table.assign(world=world)).set_index("measure")
    left = []
    for out in range(WORLDS):
        left.append(standard_errors(error, se, world, [w for w in range(WORLDS) if w != out]))
    left = np.array(left)
    expected = np.sqrt((WORLDS - 1) / WORLDS * ((left - left.mean(axis=0)) ** 2).sum(axis=0))
    names = ["empirical_se", "model_se", "model_se_error"]
    assert found.loc[names, "mcse"].tolist() == pytest.approx(expected.tolist())
    assert found.loc[names, "value"].tolist() == pytest.approx(standard_errors(error, se, world, range(WORLDS)))


@pytest.mark.parametrize("known", [True, False])
def test_what_differs_between_worlds_is_no_sampling_error(known):
    """A bias that differs between worlds, and an unknown truth that does, are not in the empirical standard error."""
    world = np.arange(4000) % 4
    error = 0.5 * noise("error", 4000) + np.array([-2.0, -1.0, 1.0, 2.0])[world]
    table = pd.DataFrame({"estimate": error, "se": 0.5, "low": error - 1, "high": error + 1, "world": world})
    found = performance(table.assign(truth=0.0 if known else np.nan)).set_index("measure")["value"]
    if known:
        assert found["empirical_se"] == pytest.approx(0.5, rel=0.04)
        assert found["model_se_error"] == pytest.approx(0, abs=0.04)
    else:
        assert found["model_se"] == 0.5 and "model_se_error" not in found.index
    alone = performance(table.assign(truth=np.nan, world=0)).set_index("measure")["value"]
    assert alone["model_se_error"] == pytest.approx(0.5 / np.std(error, ddof=1) - 1), "one world has one truth"


def test_an_unsure_truth_makes_what_is_measured_against_it_unsure():
    """In bias, mse and rmse, by the delta method: against the truth moved by a little."""
    error = 0.5 + noise("unsure")
    table = pd.DataFrame({"estimate": error, "se": 1.0, "low": error - 2, "high": error + 2, "truth": 0.0})
    table = table.assign(world=np.arange(SERVICES) % 2)
    of_world, step = [0.3, 0.1], 1e-6
    sure = performance(table).set_index("measure")
    found = performance(table.assign(truth_mcse=np.resize(of_world, SERVICES))).set_index("measure")
    for measure in ("bias", "mse", "rmse"):
        square = 0.0
        for world, unsure in enumerate(of_world):
            moved = performance(table.assign(truth=np.where(table["world"] == world, step, 0.0))).set_index("measure")
            square += ((moved.loc[measure, "value"] - sure.loc[measure, "value"]) / step * unsure) ** 2
        total = (sure.loc[measure, "mcse"] ** 2 + square) ** 0.5
        assert found.loc[measure, "mcse"] == pytest.approx(total, rel=1e-4), measure
    assert found.loc["coverage", "mcse"] == sure.loc["coverage", "mcse"]


def test_a_failure_counts_once_and_by_world():
    estimates = pd.DataFrame({"replicate": range(SERVICES), "estimand": "", "estimate": np.nan, "problem": "no"})
    estimates.loc[estimates["replicate"] % WORLDS > 1, "problem"] = ""
    estimates = pd.concat([estimates, estimates[estimates["replicate"] == 0].assign(estimand="b")])
    truth = pd.DataFrame({"cell": "a", "world": range(WORLDS), "estimand": "b", "truth": 0.0, "truth_mcse": 0.0})
    truth["replicate"] = np.nan
    nobody = pd.DataFrame(columns=["replicate", "therapist"])
    about = (frozenset({"b"}), estimates, nobody, truth, nobody, SERVICES)
    found = judged("a", "raw", *about).iloc[0]
    lost = [float(replicate % WORLDS < 2) for replicate in range(SERVICES)]
    assert (found["measure"], found["value"], found["failures"]) == ("failed", sum(lost) / SERVICES, sum(lost))
    assert found["mcse"] == pytest.approx(by_hand(lost, [1.0] * SERVICES, WORLDS))


def test_differences_are_paired():
    """Two methods that err alike differ by little, and surely so."""
    hard, services = noise("hard"), pd.RangeIndex(SERVICES)
    one = mean_of("a", "bias", pd.Series(hard + 0.1 * noise("one"), index=services))
    other = mean_of("a", "bias", pd.Series(hard + 0.1 * noise("other"), index=services).iloc[3:])
    value, error, number = paired(one, other)
    apart = [one.part[replicate] - other.part[replicate] for replicate in range(3, SERVICES)]
    assert number == len(apart) == SERVICES - 3
    assert value == pytest.approx(sum(apart) / len(apart))
    assert error == pytest.approx(np.std(apart, ddof=1) / len(apart) ** 0.5)
    assert error < 0.3 * np.hypot(row(one)[3], row(other)[3])


def test_differences_in_power_have_the_error_of_pairs():
    """Two tests that nearly always agree: the error is by McNemar's discordant pairs."""
    answers = {"glmm": noise("hard") > 0.3, "logistic": noise("hard") > 0.1}
    truth = pd.DataFrame({"cell": "a", "world": [0], "replicate": np.nan, "truth": 0.4, "truth_mcse": 0.0})
    truth, parts = truth.assign(estimand="x"), {}
    nobody = pd.DataFrame(columns=["replicate", "therapist"])
    for method, rejects in answers.items():
        estimates = pd.DataFrame({"replicate": range(SERVICES), "estimand": "x", "estimate": 0.3, "se": 0.1})
        estimates = estimates.assign(low=0.1, high=0.5, rejects=rejects.astype(float), passed=True, problem="")
        about = ("a", method, frozenset({"x"}), estimates, nobody, truth, nobody, SERVICES)
        _, parts[method] = judged_with_parts(*about)
    found = differences("a", parts, ("logistic", "glmm")).set_index("measure").loc["power"]
    only = [int((answers[one] & ~answers[other]).sum()) for one, other in (("logistic", "glmm"), ("glmm", "logistic"))]
    assert only[0] > 0
    share = (only[0] - only[1]) / SERVICES
    assert found["difference"] == pytest.approx(share) and found["method"] == "logistic"
    variance = (sum(only) / SERVICES - share**2) / (SERVICES - 1)
    assert found["mcse"] == pytest.approx(variance**0.5)


def test_differences_of_ratios_have_the_jackknifes_error():
    whole = [pd.Series(np.abs(noise(name)) + 1) for name in ("first", "second")]
    parts = [pd.Series(whole[0] * (0.5 + 0.1 * noise("a"))), pd.Series(whole[1] * (0.4 + 0.1 * noise("b")))]
    one, other = (ratio_of("a", "b", *both) for both in zip(parts, whole, strict=True))
    value, error, _ = paired(one, other, WORLDS)
    left = []
    for out in range(WORLDS):
        kept = np.arange(SERVICES) % WORLDS != out
        shares = [part[kept].sum() / of[kept].sum() for part, of in zip(parts, whole, strict=True)]
        left.append(shares[0] - shares[1])
    jackknife = ((WORLDS - 1) / WORLDS * np.sum((np.array(left) - np.mean(left)) ** 2)) ** 0.5
    assert value == pytest.approx(parts[0].sum() / whole[0].sum() - parts[1].sum() / whole[1].sum())
    assert error == pytest.approx(jackknife, rel=0.05)


def test_the_table_agrees_with_the_measures_and_names_its_references():
    """A method is less its reference what the two are in `performance`, where both answered everything."""
    told, rates = shared(0)
    rates = rates.assign(rate=0.06 * np.exp(0.5 * Noise(3).normal("rate", therapist=rates["therapist"].to_numpy())))
    rates = rates.assign(own_rate=rates["rate"])
    truth = pd.DataFrame({"cell": "a", "world": range(WORLDS), "replicate": np.nan, "truth": 0.1, "truth_mcse": 0.0})
    truth = pd.concat([truth.assign(estimand=name) for name in ("x", "y")])
    parts, tables = {}, {}
    for place, (method, estimand, rate) in enumerate(
        [("raw", "y", "own_rate"), ("logistic", "y", ""), ("intercept_only", "y", "own_rate"),
         ("glmm", "x", "therapist_rate"), ("casemix", "x", "therapist_rate")]
    ):  # fmt: skip
        some = 0.1 * noise("estimate") + 0.02 * noise(method) + 0.01 * place
        estimates = pd.DataFrame({"replicate": range(SERVICES), "estimand": estimand, "estimate": some, "se": 0.1})
        estimates = estimates.assign(low=some - 0.2, high=some + 0.2, rejects=np.nan, passed=True, problem="")
        moved = told.assign(rate=told["rate"] + 0.01 * place, rank_low=1 + place, rank_high=COUNT)
        moved = moved if rate else moved.iloc[:0]
        targets = frozenset({estimand, rate})
        tables[method], parts[method] = judged_with_parts(
            "a", method, targets, estimates, moved, truth, rates, SERVICES
        )
    found = differences("a", parts, ("raw", "intercept_only", "logistic", "casemix", "glmm"), WORLDS)
    assert tuple(found.columns) == COLUMNS
    key = ["estimand", "measure"]
    values = {method: table.set_index(key)["value"] for method, table in tables.items()}
    for one in found.itertuples():
        where = (one.estimand, one.measure)
        assert one.difference == pytest.approx(values[one.method][where] - values[one.reference][where], abs=1e-12)
    by = found.set_index([*key, "method"])["reference"].sort_index()
    assert by["x", "bias"].to_dict() == {"casemix": "glmm"}
    assert by["y", "coverage"].to_dict() == {"raw": "logistic", "intercept_only": "logistic"}
    assert by["own_rate", "mse"].to_dict() == {"intercept_only": "raw"}
    assert by["therapist_rank", "auc"].to_dict() == {"raw": "glmm", "intercept_only": "glmm", "casemix": "glmm"}
    # ranks of other rates are not the same ranks
    assert by["rank_set", "coverage"].to_dict() == {"intercept_only": "raw", "casemix": "glmm"}


@pytest.mark.parametrize(("truth", "test"), [(0.2, "power"), (0.0, "type_1_error")])
def test_parts_of_estimates_are_those_of_performance(truth, test):
    some = noise("some")
    table = pd.DataFrame({"estimate": some, "se": 0.5, "low": some - 1, "high": some + 1, "truth": truth})
    table["rejects"] = np.where(np.arange(SERVICES) == 7, np.nan, (np.abs(some) > 1).astype(float))
    table.loc[3, "estimate"], table.loc[5, "se"] = np.nan, np.nan
    whole = performance(table).set_index("measure")
    found = {one.measure: row(one) for one in of_estimates("x", table)}
    assert set(found) == {"bias", "mse", "coverage", "width", test}
    for measure, (*_, value, _, number) in found.items():
        assert (value, number) == (pytest.approx(whole.loc[measure, "value"]), whole.loc[measure, "n"])
