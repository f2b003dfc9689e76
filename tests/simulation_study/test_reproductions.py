"""Published simulations: their values come out, and the parts do what they say."""

import numpy as np
import pytest

from iatrogenesis.core.streams import Noise
from iatrogenesis.core.yaml_text import read_yaml
from iatrogenesis.simulation_study import referral, removal
from iatrogenesis.simulation_study.reproduced import Published, Reproduced
from iatrogenesis.simulation_study.reproductions import table
from tests.conftest import CONFIG

PUBLISHED = Published(harm_rate=0.0584, spread=0.101, stability=0.6)
REPRODUCED = Reproduced.model_validate(read_yaml(CONFIG / "reproductions.yaml"))
APPARENT = REPRODUCED.apparent_icc.value
GAINED = {float(share): record.value for share, record in REPRODUCED.gained.items()}
REFERRAL = referral.Referral(REPRODUCED.icc.value, REPRODUCED.confounding.value)


@pytest.mark.parametrize(("vpc", "published"), GAINED.items())
def test_gains_of_removal_are_near_the_published_ones(vpc, published):
    """Within eight per cent: how many are removed, and by which results, is not said in the abstract."""
    found = removal.simulate(removal.Removal(vpc), Noise(2), 60)
    error = found.gained.std(ddof=1) / np.sqrt(60)
    assert abs(found.gained.mean() - published) < 0.08 * published + 2 * error


def test_apparent_icc_is_the_published_one():
    between, inside = referral.simulate(REFERRAL, Noise(3), 4000)
    value, error = referral.icc(between, inside)
    assert REFERRAL.apparent == pytest.approx(APPARENT, abs=5e-4)
    assert abs(value - REFERRAL.apparent) < 4 * error < 0.01


def test_without_referral_the_icc_is_the_true_one():
    design = referral.Referral(REFERRAL.icc, confounding=0.0)
    assert design.apparent == design.icc
    value, error = referral.icc(*referral.simulate(design, Noise(4), 4000))
    assert abs(value - design.icc) < 4 * error


def test_without_differences_nothing_is_gained_and_removal_is_chance():
    found = removal.simulate(removal.Removal(vpc=1e-9), Noise(5), 20)
    assert abs(found.gained.mean()) < 5
    assert abs(found.fdr.mean() - 0.8) < 0.03


def test_removal_averts_harm_and_unlike_clients_hide_who_causes_it():
    alike, unlike = (
        removal.simulate(removal.Removal(0.1, 0.06, harm=True, referral_sd=sd), Noise(6), 40) for sd in (0.0, 1.0)
    )
    assert alike.gained.mean() > 10 * alike.gained.std(ddof=1) / np.sqrt(40)
    assert unlike.fdr.mean() > alike.fdr.mean()


def test_the_table_has_every_published_value_and_is_the_same_each_time():
    found = table(1, 12, PUBLISHED, REPRODUCED)
    assert sorted(found["published"].dropna()) == sorted([*GAINED.values(), APPARENT])
    assert (found["mcse"] > 0).all()
    assert found.equals(table(1, 12, PUBLISHED, REPRODUCED))
