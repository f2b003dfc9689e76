"""The noise: right generator, right distributions, and a function of its keys and of nothing else."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import kstest

from iatrogenesis.core.streams import Noise, decision_key, derived_seed, philox4x32

# Known answers published with Random123 (kat_vectors, philox4x32 10): counter and key, then the four words.
KNOWN = [
    ((0, 0, 0, 0, 0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    ((0xFFFFFFFF,) * 6, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
    (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344, 0xA4093822, 0x299F31D0),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
]


@pytest.mark.parametrize(("counter_and_key", "words"), KNOWN)
def test_philox_gives_the_published_answers(counter_and_key, words):
    found = philox4x32(*(np.uint32(word) for word in counter_and_key))
    assert tuple(int(word) for word in found) == words


@pytest.mark.parametrize(("kind", "distribution"), [("uniform", "uniform"), ("normal", "norm")])
def test_distribution(kind, distribution):
    draws = getattr(Noise(1), kind)("a decision", client=np.arange(200_000))
    assert kstest(draws, distribution).pvalue > 1e-4


def test_decisions_seeds_and_indices_are_uncorrelated():
    client = np.arange(100_000)
    columns = [
        Noise(1).normal("a", client=client),
        Noise(1).normal("b", client=client),
        Noise(2).normal("a", client=client),
        Noise(1).normal("a", client=client, occasion=1),
        Noise(1).normal("a", client=client, therapist=1),
        Noise(1).normal("a", client=client, replicate=1),
    ]
    correlation = np.corrcoef(columns) - np.eye(len(columns))
    assert np.abs(correlation).max() < 5 / np.sqrt(len(client))


@given(seed=st.integers(0, 2**63 - 1), clients=st.integers(1, 50), cut=st.integers(0, 50))
def test_a_part_gives_what_the_whole_gives(seed, clients, cut):
    whole = Noise(seed).normal("x", client=np.arange(clients), occasion=3)
    parts = [
        Noise(seed).normal("x", client=part, occasion=3) for part in np.split(np.arange(clients), [min(cut, clients)])
    ]
    assert np.array_equal(whole, np.concatenate(parts))


def test_extreme_counters_stay_finite():
    top = np.array([0, 2**32 - 1], dtype=np.uint32)
    for kind in ("uniform", "normal"):
        draws = getattr(Noise(0), kind)("x", replicate=top, therapist=top, client=top, occasion=top)
        assert np.all(np.isfinite(draws))


def test_uniform_never_reaches_its_ends():
    draws = Noise(3).uniform("x", client=np.arange(1_000_000))
    assert draws.min() > 0 and draws.max() < 1


def test_keys_differ_by_seed_and_name():
    keys = {tuple(map(int, decision_key(seed, name))) for seed in range(20) for name in ("a", "b", "a/b")}
    assert len(keys) == 60
    assert derived_seed(1, "nuts", "null") != derived_seed(1, "nuts", "casemix")
