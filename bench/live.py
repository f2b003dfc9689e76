"""How fast does the explorer's page simulate, beside NumPy? The same clients in both, with harm and without.

Contenders take turns, so that a busy spell of the machine meets both. Run by `make bench`, where there is a Chromium.
"""

import base64
import shutil
from time import perf_counter

import pandas as pd
from playwright.sync_api import JSHandle, Page, sync_playwright

from bench.settings import ROOT, load
from bench.simulator import RESULTS, ROUNDS
from iatrogenesis.core.files import write_csv
from iatrogenesis.explorer.live.compiled import Compiled, compiled
from iatrogenesis.explorer.settings import SLIDERS, Explorer, usual

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ASKED = ("deteriorated", "improved", "finished", "dropped_out", "worse_at_follow_up", "crises", "severity")
CALENDAR = ROOT / "src" / "iatrogenesis" / "explorer" / "page" / "calendar.js"
START = """async ([code, layout, design, setting]) => {
  const module = await WebAssembly.instantiate(Uint8Array.from(atob(code), c => c.charCodeAt(0)), { math: Math });
  const calendar = Calendar(module.instance.exports, layout, design);
  calendar.set(setting);
  return () => {
    let ended = 0;
    const began = performance.now(), see = { session() {}, week() {}, end() { ended++; } };
    for (let replicate = 0; replicate < design.replicates; replicate++)
      for (let service = 0; service < design.services; service++) calendar.service(replicate, service, 0, see);
    return [(performance.now() - began) / 1000, ended];
  };
}"""


def main() -> None:
    """Measure, and write the table: milliseconds for 1,000 clients."""
    study = load()
    explorer, setup = study.config.explorer, study.setup
    prevented, design = study.catalogue[explorer.prevented], explorer.design
    worlds = {"with harm": study.catalogue[explorer.world], "without": study.catalogue[study.config.reference]}
    path = next(found for name in BROWSERS if (found := shutil.which(name)))
    rows = []
    with sync_playwright() as playwright:
        page = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"]).new_page()
        page.add_script_tag(content=CALENDAR.read_text(encoding="utf-8"))
        runs = {name: started(page, compiled(explorer, world, prevented, setup, {"c": ASKED}), explorer, usual(world))
                for name, world in worlds.items()}  # fmt: skip
        for round_ in range(ROUNDS):
            for name, world in worlds.items():
                began = perf_counter()
                clients = len(setup.run(world, design).state.session)
                seconds = {"numpy": perf_counter() - began}
                seconds["page"], ended = page.evaluate("run => run()", runs[name])
                if ended != clients:
                    raise RuntimeError(f"{ended} clients in the page, {clients} in NumPy")
                rows += [
                    {"round": round_, "world": name, "what": what, "ms_per_1000": 1e6 * taken / clients}
                    for what, taken in seconds.items()
                ]
    table = pd.DataFrame(rows).groupby(["world", "what"])["ms_per_1000"].agg(["min", "median"]).reset_index()
    RESULTS.mkdir(parents=True, exist_ok=True)
    write_csv(table, RESULTS / "live.csv")
    print(table.round(1).to_string(index=False))


def started(page: Page, made: Compiled, explorer: Explorer, at: tuple[float, ...]) -> JSHandle:
    """The module in the page, set to a setting; a function of the page."""
    design = {name: getattr(explorer.design, name) for name in ("replicates", "therapists", "services")}
    setting = dict(zip(SLIDERS, at, strict=True)) | {f"on.{name}": 0 for name in explorer.preventions}
    code = base64.b64encode(made.code).decode()
    return page.evaluate_handle(START, [code, made.layout, design | {"first": explorer.design.list_start}, setting])


if __name__ == "__main__":
    main()
