"""The explorer shares the services among workers, and says the same as if it had simulated them itself."""

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SETTINGS = [[[0, 0, 0, 15, 1], []], [[1.2, -0.7, -1, 20, 2], [0, 2]], [[-0.4, 0.3, 0.5, 10, 1.5], [1, 2]]]
# `at` simulates in the page what nobody has asked for before; `soon` lets workers do it.
COMPARE = """async ([settings, forbidden]) => {
  const refused = class { constructor() { throw new Error("no"); } };
  if (forbidden) window.Worker = forbidden === "missing" ? undefined : refused;
  const self = Simulator(DATA), others = Simulator(DATA);
  await self.start();
  await others.start();
  const plain = (_, value) => value instanceof Map ? [...value] : value;
  const said = found => JSON.stringify([found.averages, found.series()], plain);
  for (const setting of settings) await others.soon(...setting);
  return settings.map(setting => [said(self.at(...setting)), said(others.at(...setting))]);
}"""
AT_ONCE = """async settings => {
  const one = Simulator(DATA);
  await one.start();
  await Promise.all(settings.map(setting => one.soon(...setting)));
  return settings.map(setting => JSON.stringify(one.at(...setting).averages));
}"""


def test_workers_find_what_the_page_finds(explore):
    page = explore()
    if page.evaluate("navigator.hardwareConcurrency") < 2:
        pytest.skip("one processor: the page has no workers")
    assert len(page.workers) >= 2
    found = page.evaluate(COMPARE, [SETTINGS, ""])
    assert len({own for own, _ in found}) == len(SETTINGS)
    assert [own for own, _ in found] == [others for _, others in found]


@pytest.mark.parametrize("how", ["missing", "refused"])
def test_without_workers_the_page_simulates_itself(explore, how):
    page = explore()
    before = len(page.workers)
    found = page.evaluate(COMPARE, [SETTINGS[:2], how])
    assert len(page.workers) == before
    assert [own for own, _ in found] == [others for _, others in found]


def test_settings_asked_for_at_once_are_not_confused(explore):
    page = explore()
    assert page.evaluate(AT_ONCE, SETTINGS) == [page.evaluate(AT_ONCE, [one])[0] for one in SETTINGS]


def test_a_worker_that_fails_leaves_the_page_to_itself(explore):
    """As when the browser ends it for want of memory."""
    page = explore()
    found = page.evaluate(
        """async setting => {
          const Real = window.Worker;
          window.Worker = function () { return new Real(URL.createObjectURL(new Blob(["throw new Error('ended')"]))); };
          const one = Simulator(DATA);
          await one.start();
          window.Worker = Real;
          await one.soon(...setting);
          const other = Simulator(DATA);
          await other.start();
          return [one, other].map(s => JSON.stringify(s.at(...setting).averages));
        }""",
        SETTINGS[1],
    )
    assert found[0] == found[1]
