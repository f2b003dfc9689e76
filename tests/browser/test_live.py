"""The simulator compiled for the page, in a real browser: the same clients as in Python."""

import base64
from types import SimpleNamespace

import numpy as np
import pytest

from iatrogenesis.core.streams import Noise, decision_key
from iatrogenesis.explorer.live.compiled import KEPT, compiled
from iatrogenesis.explorer.settings import SLIDERS, Explorer, Setting, by_kind, usual, world_of
from iatrogenesis.study.study import load_study
from iatrogenesis.world.judged import Sample
from tests.conftest import CONFIG, ROOT

pytestmark = pytest.mark.browser
CALENDAR = ROOT / "src" / "iatrogenesis" / "explorer" / "page" / "calendar.js"
NUMBERS = (
    "level", "fluctuation", "transient", "second", "burnout_at_start", "burnout_rating", "alliance_rating_sum",
    "pressure_sum",
)  # fmt: skip
COUNTS = (
    "session", "end", "start_week", "noticed", "referred", "ruptures", "repairs", "crises", "distressed_sessions",
)  # fmt: skip
SCORES = ("first", "last", "true_first", "true_last")
JUDGED = ("finished", "deteriorated", "improved", "dropped_out", "worse_at_follow_up")
LATER = ("severity", "fluctuation", "second", "phq9", "gad7", "unwell", "returns")
RUN = """async ([code, layout, design, asked, settings]) => {
  const module = await WebAssembly.instantiate(Uint8Array.from(atob(code), c => c.charCodeAt(0)), { math: Math });
  const calendar = Calendar(module.instance.exports, layout, design);
  return settings.map(setting => {
    const ended = [], weeks = [];
    calendar.set(setting);
    for (let replicate = 0; replicate < design.replicates; replicate++) {
      for (let service = 0; service < design.services; service++) {
        calendar.service(replicate, service, design.weeks, {
          session: () => {},
          end: (client, slot) => ended.push([replicate, client.home, client.index, client.with.index,
            ...asked.map(name => calendar.memory[slot + layout.c[name]])]),
          week: (week, index, slot, seated) => weeks.push([replicate, index, week,
            ...["burnout", "judged", "distressed"].map(name => calendar.memory[slot + layout.t[name]]), seated]),
        });
      }
    }
    return [ended, weeks];
  });
}"""
DRAW = """async ([code, key, rows]) => {
  const module = await WebAssembly.instantiate(Uint8Array.from(atob(code), c => c.charCodeAt(0)), { math: Math });
  const { uniform, normal } = module.instance.exports;
  return { uniform: rows.map(row => uniform(...key, ...row)), normal: rows.map(row => normal(...key, ...row)) };
}"""
STEPS = {"replicate": 1, "therapist": 7, "client": 1_000_003, "occasion": 4_000_000_007}
DESIGNS = {
    "as the explorer's": {"replicates": 2, "therapists": 10, "services": 2, "clients_per_therapist": 30},
    "uneven": {"replicates": 1, "therapists": 7, "services": 4, "clients_per_therapist": 25, "list_start": 100},
    "lists of any length, confounded": {
        "replicates": 1, "therapists": 9, "services": 3, "clients_per_therapist": 20, "clients_log_sd": 0.5,
        "severity_by_burnout": 1.0, "course_by_burnout": 0.1,
    },
}  # fmt: skip
WEEKS = 60  # two years begin


@pytest.fixture(scope="module")
def tiny():
    return load_study(CONFIG / "tiny.yaml", CONFIG)


def settings_of(explorer, at):
    """As usual, each slider at its ends and all at the worse one, between levels, each prevention alone, and all."""
    sliders = enumerate(explorer.ends.by_slider().values())
    ends = [(*at[:k], end, *at[k + 1 :]) for k, both in sliders for end in both]
    worst, between = (1.5, -1.5, -1, 20, 2), (0.31, -0.22, 0.43, 17.3, 1.37)
    alone = [Setting(at, (name,)) for name in explorer.preventions]
    both = [Setting(sliders, on) for sliders in (at, worst, between) for on in ((), explorer.preventions)]
    return [*both, *(Setting(sliders) for sliders in ends), *alone]


def simulated(page, explorer, world, prevented, setup, settings):
    """Clients and therapists' weeks of each setting as the browser has them, in the order of the simulator's arrays."""
    own = {f"{which}.{name}" for which in SCORES for name in setup.instruments.by_name()}
    routes = {f"{one.kind}.{name}" for one in (*world.mechanisms, *prevented.preventions) for name in one.own}
    asked = [*NUMBERS, *COUNTS, *JUDGED, *sorted(own), *(f"later.{name}" for name in LATER), *sorted(routes)]
    of_therapists = ("burnout", "judged", "distressed")
    made = compiled(explorer, world, prevented, setup, {"c": asked, "t": of_therapists})
    d = explorer.design
    design = {name: getattr(d, name) for name in ("replicates", "therapists", "services")}
    on = explorer.preventions
    found = page.evaluate(
        RUN,
        [
            base64.b64encode(made.code).decode(),
            made.layout,
            design | {"first": d.list_start, "kept": KEPT, "weeks": WEEKS},
            asked,
            [
                dict(zip(SLIDERS, s.sliders, strict=True)) | {f"on.{n}": n in s.preventions for n in on}
                for s in settings
            ],
        ],
    )
    for ended, weeks in found:
        clients, therapists = (np.array(rows, dtype=float) for rows in (ended, weeks))
        clients = clients[np.lexsort(clients[:, 2::-1].T)]
        therapists = therapists[np.lexsort(therapists[:, 1::-1].T)].reshape(d.replicates * d.therapists, WEEKS, -1)
        names = ("replicate", "therapist", "index", "row", *asked)
        yield SimpleNamespace(
            clients=dict(zip(names, clients.T, strict=True)),
            weeks=dict(zip((*of_therapists, "in_study"), therapists.T[3:], strict=True)),
        )


def assert_same(found, run, setup):
    """The same people, ends, counts and scores; numbers to 1e-9."""
    clients, state, sample = found.clients, run.state, Sample.of(run, setup.instruments, setup.judgement)
    for name in ("replicate", "therapist", "index"):
        assert np.array_equal(clients[name], getattr(run.clients, name)), name
    assert np.array_equal(clients["row"], run.therapists.index[state.row])
    for name in (*COUNTS, *JUDGED):
        assert np.array_equal(clients[name], getattr(state if name in COUNTS else sample, name)), name
    for which in SCORES:
        for name, scores in getattr(state, which).items():
            assert np.array_equal(clients[f"{which}.{name}"], scores), (which, name)
    numbers = {name: getattr(state, name) for name in NUMBERS} | state.own
    numbers |= {f"later.{name}": run.follow_up[name] for name in LATER}
    for name, values in numbers.items():
        np.testing.assert_allclose(clients[name], values, rtol=0, atol=1e-9, err_msg=name)
    for name, values in found.weeks.items():
        expected = [week[name] for week in run.therapist_weeks[:WEEKS]]
        np.testing.assert_allclose(values[: len(expected)], expected, rtol=0, atol=1e-9, err_msg=name)


@pytest.mark.parametrize("design", DESIGNS)
def test_the_browser_has_the_same_clients_as_the_simulator_at_any_setting(browser, tiny, design):
    world, prevented = (tiny.catalogue[name] for name in (tiny.config.explorer.world, tiny.config.explorer.prevented))
    changed = {"design": DESIGNS[design], "preventions": tuple(by_kind(prevented))}
    explorer = Explorer.model_validate(tiny.config.explorer.model_dump() | changed)
    settings = settings_of(explorer, usual(world))
    if design != "as the explorer's":
        settings = settings[:6]
    page = browser.new_page()
    page.add_script_tag(content=CALENDAR.read_text())
    referred = 0
    for setting, found in zip(settings, simulated(page, explorer, world, prevented, tiny.setup, settings), strict=True):
        here = world_of(setting, world, by_kind(prevented))
        run = tiny.setup.run(here, explorer.design, record=True)
        assert_same(found, run, tiny.setup)
        referred += run.state.referred.sum()
    page.close()
    assert referred > 0


def test_the_browser_draws_the_same_noise(browser, tiny):
    """Uniform numbers to the bit; normal ones, middle and tails, to rounding of the logarithm."""
    explorer = tiny.config.explorer
    worlds = (tiny.catalogue[name] for name in (explorer.world, explorer.prevented))
    made = compiled(explorer, *worlds, tiny.setup, {})
    counters = {name: (np.arange(2000, dtype=np.uint64) * step).astype(np.uint32) for name, step in STEPS.items()}
    key = [int(word) for word in decision_key(tiny.setup.seed, "dropout")]
    page = browser.new_page()
    rows = np.column_stack(list(counters.values())).tolist()
    found = page.evaluate(DRAW, [base64.b64encode(made.code).decode(), key, rows])
    page.close()
    noise = Noise(tiny.setup.seed)
    assert found["uniform"] == noise.uniform("dropout", **counters).tolist()
    normal = noise.normal("dropout", **counters)
    np.testing.assert_allclose(found["normal"], normal, rtol=0, atol=4e-15)
    assert np.abs(normal).max() > 3
