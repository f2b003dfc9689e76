"""A small workflow whose jobs leave records, run without Snakemake."""

import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import NamedTuple

import numpy as np
import pandas as pd
import pytest
import yaml

from iatrogenesis.verification.chain import Chain
from iatrogenesis.verification.manifest import write_manifest
from iatrogenesis.verification.records import recorded

RESULTS = Path("results/t")


class Named(list):
    """As Snakemake's lists with names."""

    def __init__(self, **named):
        super().__init__(path for each in named.values() for path in ([each] if isinstance(each, str) else each))
        self.named = named

    def get(self, name, default):
        return self.named.get(name, default)

    def items(self):
        return self.named.items()


def job(rule: str, output: Mapping, **given) -> SimpleNamespace:
    """What Snakemake hands to a script."""
    (RESULTS / "logs").mkdir(parents=True, exist_ok=True)
    return SimpleNamespace(
        rule=rule,
        log=[str(RESULTS / "logs" / f"{rule}.log")],
        input=Named(code=["src/code.py"], **given),
        output=Named(**output),
        params={"seed": 1},
    )


def at(path: str) -> str:
    """A file of the results."""
    return str(RESULTS / path)


CLIENTS, POSTERIOR, EFFECTS = (
    at("simulated/routine_care/clients.parquet"),
    at("posterior/routine_care/intercept_only.nc"),
    at("tables/effects.csv"),
)
EVIDENCE, SCENARIOS, NUMBERS = at("tables/evidence.csv"), at("tables/scenarios.csv"), at("tables/numbers.json")
TRUE, REPORT, RECORD = at("tables/true_rates.csv"), at("report.html"), at("run.yaml")
SCENARIOS_FIGURE, EFFECTS_FIGURE = at("figures/scenarios.svg"), at("figures/effects.svg")
TARGETS = (EVIDENCE, SCENARIOS, EFFECTS, NUMBERS, TRUE, REPORT, SCENARIOS_FIGURE, EFFECTS_FIGURE, RECORD)
CONFIG = {"seed": 1, "design": {"replicates": 3}}


def simulated(path: str) -> None:
    noise = np.random.default_rng(1)
    pd.DataFrame({"score": noise.normal(size=400), "worse": noise.random(400) < 0.06}).to_parquet(path)


def drawn(path: str) -> str:
    """The estimate that the draws of a posterior give."""
    return Path(path).read_text().split()[-1]


def numbers() -> str:
    net, sd = (pd.read_csv(path).iloc[0] for path in (SCENARIOS, EFFECTS))
    found = {"routine_care.net": net["value"], "routine_care.intercept_only.therapist_sd": sd["estimate"]}
    return json.dumps({name: {"value": value} for name, value in found.items()})


class Rule(NamedTuple):
    """What it reads, what it is given from elsewhere, the one file it writes, and what it writes there."""

    name: str
    read: list[str]
    given: list[str]
    written: str
    text: Callable[[], str] | None  # None: the simulated table


RULES = (
    Rule("simulate", [], [], CLIENTS, None),
    Rule("fit", [CLIENTS], [], POSTERIOR, lambda: "draws of 0.7"),
    Rule(
        "effects",
        [POSTERIOR],
        [],
        EFFECTS,
        lambda: (
            f"dataset,model,estimand,estimate,mcse\nroutine_care,intercept_only,therapist_sd,{drawn(POSTERIOR)},0.01\n"
        ),
    ),
    Rule("evidence", [CLIENTS], ["config/evidence.csv"], EVIDENCE, lambda: "id,value\n" + "a,1\nb,2\nc,3\n" * 3),
    Rule("compare", [CLIENTS], [], SCENARIOS, lambda: "scenario,measure,value,mcse\nroutine_care,net,13.25,0.5\n"),
    Rule("true_rates", [], [], TRUE, lambda: "rate\n0.06\n"),
    Rule("numbers", [SCENARIOS, EVIDENCE, EFFECTS], [], NUMBERS, numbers),
    Rule("figure_scenarios", [SCENARIOS], [], SCENARIOS_FIGURE, lambda: "<svg/>"),
    Rule("figure_effects", [EFFECTS], [], EFFECTS_FIGURE, lambda: "<svg/>"),
    Rule("report", [NUMBERS], [], REPORT, lambda: f"<p>{Path(NUMBERS).read_text()}</p>"),
    Rule("run_record", [REPORT], [], RECORD, lambda: yaml.safe_dump({"config": CONFIG, "scenarios": {}})),
)


def run(*rules: str, seed: int = 1, **otherwise: str) -> None:
    """Run some rules in their order, without names all of them; some may write another text."""
    for rule in RULES:
        if not rules or rule.name in rules:
            Path(rule.written).parent.mkdir(parents=True, exist_ok=True)
            this = job(rule.name, {"written": rule.written}, read=rule.read, given=rule.given)
            this.params = {"seed": seed}
            with recorded(this):
                if rule.text is None:
                    simulated(rule.written)
                else:
                    Path(rule.written).write_text(otherwise.get(rule.name) or rule.text())


def manifest() -> None:
    """The last rule."""
    made = {"sums": at("SHA256SUMS"), "manifest": at("manifest.csv")}
    with recorded(job("manifest", made, results=list(TARGETS))):
        targets = [str(Path(path).relative_to(RESULTS)) for path in TARGETS]
        write_manifest(Chain(RESULTS, targets), Path(made["sums"]), Path(made["manifest"]))


@pytest.fixture
def finished(tmp_path, monkeypatch) -> Path:
    """A folder in which everything was run once."""
    monkeypatch.chdir(tmp_path)
    # A worker of pytest-xdist is no file.
    monkeypatch.setattr(sys.modules["__main__"], "__file__", str(tmp_path / "script.py"), raising=False)
    for path, text in {
        "script.py": "script",
        "src/code.py": "code",
        "config/evidence.csv": "id,value\nD01,0.06\n",
    }.items():
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_text(text)
    run()
    manifest()
    return tmp_path
