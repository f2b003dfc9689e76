"""Posteriors come back from their file as they were, and a damaged file says so."""

import numpy as np
import pytest

from iatrogenesis.core.streams import Noise
from iatrogenesis.inference.data.clients import from_clients
from iatrogenesis.inference.data.posterior import PosteriorFileError, load, posterior_tree, save
from iatrogenesis.inference.engines.collapsed.engine import DIMS
from iatrogenesis.simulation_study.logit_normal import LogitNormal, simulate


@pytest.fixture(scope="module")
def tree():
    design = LogitNormal(clients_per_therapist=(40, 60), intercept=-1.0, therapist_sd=0.5)
    data = from_clients(simulate(design, Noise(2)).clients, ("phq9_first", "age"), dataset="saved")
    numbers = Noise(1).normal("draws", therapist=np.arange(2)[:, None], client=np.arange(400))
    posterior = {
        "intercept": numbers,
        "coefficients": np.stack([numbers] * 4, axis=-1),
        "therapist_sd": np.abs(numbers),
        "therapist_effect": np.stack([numbers, -numbers], axis=-1),
    }
    statistics = {"diverging": numbers > 4, "energy": numbers, "depth": np.full((2, 400), 3, dtype=np.uint64)}
    return posterior_tree(data, posterior, statistics, {"model": "casemix", "engine": "nuts", "seed": 5}, DIMS)


def test_a_posterior_comes_back_as_it_was(tree, tmp_path):
    save(tree, tmp_path / "posterior.nc")
    back = load(tmp_path / "posterior.nc")
    assert back.identical(tree)
    assert back.attrs == tree.attrs
    assert back["posterior"]["covariate"].values.tolist() == ["phq9_first", "age[18-25]", "age[65-74]", "age[75-89]"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["posterior.nc"]


def test_the_same_posterior_gives_the_same_bytes(tree, tmp_path):
    save(tree, tmp_path / "one.nc")
    save(tree, tmp_path / "other.nc")
    assert (tmp_path / "one.nc").read_bytes() == (tmp_path / "other.nc").read_bytes()


def test_nothing_of_when_and_where_is_in_it(tree):
    assert not {"created_at", "date", "path", "host"} & set(tree.attrs)
    assert tree.attrs["dataset"] == "saved"
    assert tree.attrs["version_nutpie"]


@pytest.mark.trial(kind="altered", what="a posterior of which {share} is left")
@pytest.mark.parametrize("share", [0.0, 0.3, 0.9, 0.999])
def test_a_truncated_file_is_refused(tree, tmp_path, share):
    path = tmp_path / "posterior.nc"
    save(tree, path)
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    with pytest.raises(
        PosteriorFileError, match=r"posterior\.nc cannot be read.*delete it and run the rule"
    ) as refused:
        load(path)
    assert refused.value.damaged == path


def test_a_changed_byte_among_the_draws_is_noticed(tree, tmp_path):
    path = tmp_path / "posterior.nc"
    save(tree, path)
    content = bytearray(path.read_bytes())
    # The draws are most of the file: change one byte in every stretch of 500 of its second half.
    for place in range(len(content) // 2, len(content), 500):
        content[place] ^= 0xFF
    path.write_bytes(content)
    with pytest.raises(PosteriorFileError, match="cannot be read"):
        load(path)


@pytest.mark.trial(kind="altered", what="a posterior that is missing, or another kind of file")
def test_a_missing_file_and_another_kind_of_file_are_refused(tmp_path):
    with pytest.raises(PosteriorFileError, match="does not exist") as refused:
        load(tmp_path / "nothing.nc")
    assert refused.value.damaged is None
    (tmp_path / "text.nc").write_text("not a posterior")
    with pytest.raises(PosteriorFileError, match="cannot be read"):
        load(tmp_path / "text.nc")


@pytest.mark.trial(kind="altered", what="a posterior without one of its groups")
def test_a_file_without_a_group_is_refused(tree, tmp_path):
    part = tree.copy(deep=True)
    del part["observed_data"]
    save(part, tmp_path / "part.nc")
    with pytest.raises(PosteriorFileError, match="has no group 'observed_data'"):
        load(tmp_path / "part.nc")


@pytest.mark.trial(kind="refused", what="Python objects for a posterior file")
def test_python_objects_are_refused(tree, tmp_path):
    objects = tree.copy(deep=True)
    objects["sample_stats"]["message"] = ("chain", np.array([None, {}], dtype=object))
    with pytest.raises(TypeError, match="sample_stats/message holds Python objects"):
        save(objects, tmp_path / "objects.nc")
    assert list(tmp_path.iterdir()) == []
