"""The simulator compiled for the page: what is traced, refused, left out. `tests/browser/test_live.py` runs it."""

import numpy as np
import pytest

from iatrogenesis.explorer.live.blocks import Block
from iatrogenesis.explorer.live.compiled import compiled
from iatrogenesis.explorer.live.graph import Place, call, constant, load, local, node, uses
from iatrogenesis.explorer.live.lasting import apart
from iatrogenesis.explorer.live.traced import NOTHING, Traced, as_node
from iatrogenesis.explorer.live.wasm import Function, module


@pytest.fixture
def x():
    return Traced(local("x", "f64"))


@pytest.fixture(scope="module")
def making(study):
    """Compile the tiny study's explorer for what is asked."""
    explorer = study.config.explorer
    worlds = study.catalogue[explorer.world], study.catalogue[explorer.prevented]
    return lambda **asked: compiled(explorer, *worlds, study.setup, asked)


def test_what_is_written_down_once_stands_once(x):
    assert (2.0 * x + 1).node is (2 * x + 1.0).node
    assert constant(0.0) is not constant(-0.0)
    assert np.maximum(x, 0.0).node.args == (x.node, constant(0.0))
    assert (x**2).node is (x * x).node


def test_truth_values_are_numbers_where_they_are_counted_with(x):
    some = (x > 0) & ~(x > 1)
    assert some.node.type == "i32"
    assert (0.5 * some).node.args == (constant(0.5), node("f64.convert_i32_u", "f64", some.node))
    assert np.where(some, x, 0).node.type == "f64" and np.where(some, True, x > 2).node.type == "i32"


def test_who_holds_a_quantity_sees_what_is_written_into_it_later(x):
    block = Block("c")
    held, before = block["level"], block["level"].copy()
    block["level"] += x
    assert held is block["level"] and held.node is (before + x).node
    held[:] = 0.0
    assert dict(block.writes()) == {block.place("level"): constant(0.0)}


@pytest.mark.parametrize(
    ("work", "fault"),
    [
        (lambda x: 1.0 if x > 0 else 2.0, "use np.where"),
        (lambda x: x * np.array([1.0, 2.0]), "as one number"),
        (lambda x: x * np.array(["a"]), "as one number"),
        (lambda x: np.median(x), "np.median is not compiled"),
        (lambda x: np.sin(x), "np.sin is not compiled"),
        (lambda x: np.add.reduce(x), "only plain calls"),
        (lambda x: np.where(x, 1.0, 2.0), "truth value"),
        (lambda x: x & 1.0, "truth value"),
        (lambda x: np.searchsorted([0.0, 1.0], x), "side='right'"),
        (lambda x: list(x), "not iterable"),
    ],
)
def test_what_cannot_be_said_of_one_client_is_refused(x, work, fault):
    with pytest.raises(TypeError, match=fault):
        work(x)


def test_what_means_nothing_for_one_client_cannot_be_compiled(x):
    with pytest.raises(KeyError, match="nothing"):
        module([Function("f", {"x": "f64"}, returns=(x + NOTHING).node)], {}, {}, 1)


def test_what_is_the_same_at_any_setting_is_computed_apart():
    """Neither what depends on a slider, nor what costs nothing to read; truth values come back as such."""
    who, slider, out = Place("c", "index"), Place("p", "fit"), Place("c", "level")
    draw, moved = call("normal", load(who)), load(slider)
    true = node("f64.gt", "i32", draw, constant(0))
    twice = node("f64.add", "f64", load(who), load(who))
    value = node("select", "f64", node("f64.mul", "f64", draw, moved), twice, true)
    first, rest = apart(Function("begin", {"c": "i32"}, [(out, value)], draw), {who}, "n")
    assert {found for _, found in first.writes} == {draw, node("f64.convert_i32_u", "f64", true)}
    kept = {found: load(place) for place, found in first.writes}
    assert (first.name, list(first.takes), list(rest.takes), rest.returns) == (
        "know_begin",
        ["n", "c"],
        ["n", "c"],
        kept[draw],
    )
    assert {this.about for this in uses(rest.roots) if this.op == "load"} == {
        who,
        slider,
        *(place for place, _ in first.writes),
    }
    assert [this.type for this in rest.writes[0][1].args] == ["f64", "f64", "i32"]


def test_what_nobody_asks_for_is_neither_kept_nor_computed(making):
    few, more = making(c=["improved"]), making(c=["improved", "alliance_rating_sum", "later.returns"])
    assert "alliance_rating_sum" not in few.layout["c"] and "alliance_rating_sum" in more.layout["c"]
    assert len(few.code) < len(more.code)


def test_the_same_world_gives_the_same_bytes_and_another_one_others(making, study):
    assert making(c=["improved"]).code == making(c=["improved"]).code
    explorer = study.config.explorer
    world, prevented = study.catalogue["no_burnout"], study.catalogue[explorer.prevented]
    other = compiled(explorer, world, prevented, study.setup, {"c": ["improved"]})
    assert other.code != making(c=["improved"]).code


def test_numbers_are_written_as_the_specification_says():
    """As in its example of LEB128: -123456 is C0 BB 78."""
    low = as_node(np.uint32(2**32 - 123456))
    assert b"\x41\xc0\xbb\x78" in module([Function("f", {}, returns=low)], {}, {}, 1)
