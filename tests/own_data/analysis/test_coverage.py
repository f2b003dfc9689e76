"""Intervals of the VPC and of therapists' rates hold the truth as often as they say, over simulated services."""

import numpy as np
import pytest
from scipy.special import expit

from iatrogenesis.core.streams import Noise
from iatrogenesis.inference.answers.standardise import stacked
from iatrogenesis.inference.models.spread import log_odds_at, sd_of, vpc
from iatrogenesis.own_data.analysis.refits import counted, sampled
from iatrogenesis.own_data.analysis.therapists import rates_of, reliability

THERAPISTS, CLIENTS = 22, 140
VPC, RATE, SLOPE = 0.05, 0.06, 0.4
IDS = tuple(f"T{number:02d}" for number in range(THERAPISTS))


def covered(services: int, priors) -> tuple[float, float, float]:
    """Shares of intervals that hold the VPC, and therapists' rates; lowest reliability of five clients."""
    sd = float(sd_of(VPC))
    intercept = log_odds_at(RATE, float(np.hypot(sd, SLOPE)))
    who = np.repeat(np.arange(THERAPISTS), CLIENTS)
    spread_held, rates_held, lowest = [], [], 1.0
    for service in range(services):
        noise, client = Noise(11), np.arange(len(who))
        effect = sd * noise.normal("effect", therapist=np.arange(THERAPISTS), replicate=service)
        score = SLOPE * noise.normal("case mix", client=client, replicate=service)
        risk = expit(intercept + score + effect[who])
        worse = noise.uniform("worse", client=client, replicate=service) < risk
        tree = sampled(counted(f"service {service}", IDS, who, worse, score), priors, 3)
        low, high = np.quantile(vpc(stacked(tree, "therapist_sd")), [0.025, 0.975])
        spread_held.append(low <= VPC <= high)
        true = expit(intercept + score[:, None] + effect).mean(axis=0)  # of all clients with each therapist
        low, high = np.quantile(rates_of(tree, IDS), [0.025, 0.975], axis=0)
        rates_held.append(np.mean((low <= true) & (true <= high)))
        lowest = min(lowest, float(reliability(tree, np.array([5]))[0]))
    return float(np.mean(spread_held)), float(np.mean(rates_held)), lowest


def test_a_few_services(priors):
    spread, rates, lowest = covered(10, priors)
    assert spread >= 0.7 and rates >= 0.87 and lowest >= 0


@pytest.mark.slow
def test_two_hundred_services(priors):
    spread, rates, lowest = covered(200, priors)
    assert 0.91 <= spread <= 0.99  # 95 % of 200, give or take 2.6 Monte Carlo standard errors
    assert 0.93 <= rates <= 0.97
    assert lowest >= 0
