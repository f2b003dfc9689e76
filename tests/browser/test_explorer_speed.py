"""The explorer answers while it simulates: at once on a quick computer, and without standing still on a slow one."""

import pytest

from tests.browser.explorer import put, settled, shown

pytestmark = [pytest.mark.browser, pytest.mark.slow]
MILLISECONDS = 100
PLACES = [-1 + i / 8 for i in range(20)]
# A hand that moves faster than the page can simulate: three moves in each turn of the page, for some time.
DRAG = """async milliseconds => {
  const input = document.getElementById("a-burnout"), net = document.querySelector("#panel-a .net");
  const end = performance.now() + milliseconds;
  let moves = 0, drawn = 0;
  new MutationObserver(() => { drawn += 1; }).observe(net, { childList: true });
  while (performance.now() < end) {
    for (let i = 0; i < 3; i++) {
      input.value = -1 + 0.25 * (moves++ % 11);
      input.dispatchEvent(new Event("input"));
    }
    await new Promise(done => setTimeout(done, 0));
  }
  input.dispatchEvent(new Event("change"));
  return [moves, drawn];
}"""


def working(devtools):
    """How long the page has worked, in milliseconds of its own: other work on the machine does not count."""
    metrics = devtools.send("Performance.getMetrics")["metrics"]
    return 1000 * next(one["value"] for one in metrics if one["name"] == "TaskDuration")


def test_a_slider_answers_at_once(explore):
    """From a move until its answer is drawn; without workers, so that the page's own time is all there is."""
    page = explore(fragment="#a=0,0,0,15,1,monitoring+supervision+caseload_limit+repair")
    page.add_init_script("delete window.Worker")
    page.reload()
    page.wait_for_selector("body.ready")
    assert page.workers == []
    devtools = page.context.new_cdp_session(page)
    devtools.send("Performance.enable", {"timeDomain": "threadTicks"})
    start = working(devtools)
    for place in PLACES:
        put(page, burnout=place)
    assert 0 < (working(devtools) - start) / len(PLACES) < MILLISECONDS


def test_on_a_slow_computer_the_slider_moves_on_and_the_last_place_is_simulated(explore):
    """Places in between are passed over; what is shown at last belongs to where the slider stands."""
    page = explore()
    slow = page.context.new_cdp_session(page)
    slow.send("Emulation.setCPUThrottlingRate", {"rate": 20})
    moves, drawn = page.evaluate(DRAG, 2000)
    slow.send("Emulation.setCPUThrottlingRate", {"rate": 1})
    assert moves > 2 * drawn
    settled(page)
    said, place = shown(page), page.locator("#a-burnout").input_value()
    put(page, burnout=0)
    put(page, burnout=place)
    assert shown(page) == said
