"""Simulated plans all over the room that the planning page's sliders span: its surface is fitted to them.

Run as a module (``python -m iatrogenesis.planning.surface_points config config/planning_points.csv 2``) it writes the
table that is committed. Settings fill the room evenly (Sobol's sequence); years and clients a year count by their
product alone. Burnout's effect is chosen at each so that power is neither 0 nor 1 there, by a formula that only says
where to look. A quarter of the settings, drawn at random, is held out from the fit, to tell how far it is off.
"""

import sys
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import qmc

from iatrogenesis.core.files import write_csv
from iatrogenesis.core.orphans import workers
from iatrogenesis.core.resources import config_folder
from iatrogenesis.core.streams import Noise
from iatrogenesis.inference.models.priors import Priors
from iatrogenesis.inference.models.spread import sd_of
from iatrogenesis.planning.usual import configured
from iatrogenesis.simulation_study.advice import MANY, power, reliability, spread_and_flagging
from iatrogenesis.simulation_study.setting import Setting

POINTS = 128
HELD_OUT = 0.25
REPLICATES, TESTS = 40, 160  # data sets of the spread and of flagging, and of burnout's test, which are cheap
SEED = 20261127  # of who is held out
SPREAD = 0.5  # log SD of therapists' numbers of clients, as in `iatrogenesis.planning.plan`
RANGES = {
    "therapists": (8, 250),
    "clients": (15, 1500),
    "rate": (0.02, 0.2),
    "vpc": (0.01, 0.25),
    "reliability": (0.4, 1.0),
}
NONCENTRALITY = (0.8, 4.5)  # of the test where it is simulated, about: power from .1 to 1
KEPT = ("width", "sensitivity", "fdr", "flagged", "raw_rate")
COLUMNS = (*RANGES, "odds_ratio", "held_out", "quantity", "value", "mcse", "replicates")


def points(number: int = POINTS) -> pd.DataFrame:
    """Return the settings, one row each: columns of `RANGES`, `odds_ratio`, `held_out`."""
    low, high = np.log(list(RANGES.values())).T
    inside = qmc.Sobol(len(RANGES) + 1, scramble=False).random(number)
    table = pd.DataFrame(np.exp(low + inside[:, :-1] * (high - low)), columns=list(RANGES))
    table[["therapists", "clients"]] = table[["therapists", "clients"]].round()
    sd = np.asarray(sd_of(table["vpc"].to_numpy()))
    chance = 1 / (table["clients"] * table["rate"] * (1 - table["rate"]))
    aim = NONCENTRALITY[0] + inside[:, -1] * (NONCENTRALITY[1] - NONCENTRALITY[0])
    effect = aim * np.sqrt((sd**2 + chance) / (table["therapists"] * table["reliability"]))
    table["odds_ratio"] = np.exp(np.minimum(effect, 0.95 * sd))
    # Not every fourth: in Sobol's sequence those lie in one corner of the room.
    chance = Noise(SEED).uniform("planning.held_out", replicate=np.arange(number))
    return table.assign(held_out=chance.argsort().argsort() < round(HELD_OUT * number))


def simulated(point: dict[str, Any], priors: dict, seed: int) -> list[dict]:
    """Return rows of one setting: `width` (of the VPC's interval), `sensitivity`, `fdr`, `raw_rate`, `power` ..."""
    setting = Setting(
        therapists=int(point["therapists"]),
        clients=int(point["clients"]),
        therapist_sd=float(sd_of(point["vpc"])),
        rate=point["rate"],
        reliability=point["reliability"],
        clients_spread=SPREAD,
    )
    rows = list(spread_and_flagging(setting, REPLICATES, Priors.model_validate(priors), seed))
    rows += reliability(replace(setting, therapists=MANY), seed)
    rows = [row for row in rows if row["quantity"] in KEPT]
    rows.append(power(replace(setting, effect=float(np.log(point["odds_ratio"]))), TESTS, seed))
    return [point | row for row in rows]


def main(config: Path, out: Path, cores: int) -> None:
    """Simulate every setting, on several cores; the numbers do not depend on how many."""
    usual = configured(config)
    one = partial(simulated, priors=usual.priors.model_dump(), seed=usual.seed)
    with workers(cores) as pool:
        found = list(pool.map(one, points().to_dict("records")))
    rows = pd.DataFrame([row for part in found for row in part])
    write_csv(rows.reindex(columns=list(COLUMNS)), out)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else config_folder(), Path(sys.argv[2]), int(sys.argv[3]))
