"""How fast is the simulator, beside a floor and beside Mesa, and how much memory does it take?

Contenders take turns, so that a busy spell of the machine meets all of them. Run by `make bench`;
``BENCH_LARGEST=10000000`` adds ten million clients.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter

import numpy as np
import pandas as pd

from bench.floor import CountingNoise, draw_and_write
from bench.mesa_model import Service, three_routes
from bench.picture import draw
from bench.settings import ROOT, load, sized
from iatrogenesis.core.files import write_csv
from iatrogenesis.figures.style import save
from iatrogenesis.study.study import Study
from iatrogenesis.world.cohort import Design
from iatrogenesis.world.engine import simulate

RESULTS = ROOT / "results" / "bench" / "benchmarks"
ROUNDS = 5
REPLICATES = 20  # a block of the streaming writer
WORLDS = ("three_routes", "routine_care", "all_preventions")
ONE_SERVICE = Design(therapists=40, services=4, clients_per_therapist=40)  # what Mesa does in seconds
SIZES = (100_000, 1_000_000)
KEPT_BYTES = 8 * 70  # per client: about seventy quantities kept


def timed(work) -> tuple[float, object]:
    """Seconds and result of a piece of work."""
    began = perf_counter()
    result = work()
    return perf_counter() - began, result


def speed(study: Study) -> pd.DataFrame:
    """Nanoseconds per client-session on one core: the simulator's worlds, the floor of each, and Mesa."""
    design = sized(6000 * REPLICATES)
    setup = study.setup
    three = three_routes(study.catalogue["routine_care"])
    worlds = {name: study.catalogue.get(name, three) for name in WORLDS}

    def world(name: str):
        return lambda: setup.run(worlds[name], design).state.session.sum()

    def floor(name: str):
        noise = CountingNoise(setup.seed)
        run = simulate(worlds[name], design, setup.instruments, setup.judgement, noise)
        sessions, clients = int(run.state.session.sum()), len(run.state.session)
        block = max((noise.drawn["uniforms"] + noise.drawn["normals"]) // noise.drawn["calls"], 1)
        print(
            f"{name}: {noise.drawn['uniforms'] / sessions:.1f} uniforms and "
            f"{noise.drawn['normals'] / sessions:.1f} normals per client-session, in blocks of {block}"
        )

        def work() -> int:
            draw_and_write(noise.drawn, KEPT_BYTES * clients, block)
            return sessions

        return work

    def mesa() -> int:
        service = Service(three, ONE_SERVICE, setup.instruments, setup.judgement, 1)
        service.run()
        return sum(client.session for client in service.everyone)

    contenders = {name: world(name) for name in WORLDS}
    contenders |= {f"floor of {name}": floor(name) for name in WORLDS} | {"mesa": mesa}
    rows = []
    for round_ in range(ROUNDS):
        for name, work in contenders.items():
            seconds, done = timed(work)
            rows.append({"what": name, "round": round_, "sessions": int(done), "ns": 1e9 * seconds / int(done)})
            print(f"round {round_ + 1} of {ROUNDS}: {name} {rows[-1]['ns']:,.0f} ns per client-session", flush=True)
    return pd.DataFrame(rows)


def memory() -> pd.DataFrame:
    """Seconds and peak memory of streamed files of growing size."""
    largest = int(os.environ.get("BENCH_LARGEST", SIZES[-1]))
    rows = []
    for clients in sorted({*SIZES, largest}):
        with tempfile.TemporaryDirectory() as folder:
            command = [sys.executable, "-m", "bench.memory", str(clients), str(Path(folder, "clients.parquet"))]
            done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
        written, seconds, peak, size = (float(part) for part in done.stdout.split())
        rows.append({"clients": int(written), "seconds": seconds, "peak_mb": peak, "file_mb": size / 2**20})
        print(f"{int(written):,} clients streamed: {seconds:.1f} s, peak {peak:,.0f} MB", flush=True)
    return pd.DataFrame(rows)


def summary(speeds: pd.DataFrame, memories: pd.DataFrame) -> pd.DataFrame:
    """One row per contender and size; ratios are medians over rounds of Mesa's time over the contender's."""
    wide = speeds.pivot(index="round", columns="what", values="ns")
    rows = [
        {
            "what": name,
            "sessions": int(speeds.loc[speeds["what"] == name, "sessions"].iloc[0]),
            "ns_best": float(wide[name].min()),
            "ns_median": float(wide[name].median()),
            "times_faster_than_mesa": median(wide["mesa"] / wide[name]),
            "times_the_floor": median(wide[name] / wide[f"floor of {name}"]) if name in WORLDS else np.nan,
        }
        for name in wide
    ]
    streamed = [{"what": f"streamed {row['clients']:,} clients", **row} for row in memories.to_dict("records")]
    return pd.DataFrame(rows + streamed)


def main() -> None:
    """Measure, write the table and the picture."""
    RESULTS.mkdir(parents=True, exist_ok=True)
    np.seterr(all="raise", under="ignore")
    study = load()
    study.setup.run(study.catalogue["all_preventions"], sized(6000))  # compiles what is compiled
    speeds, memories = speed(study), memory()
    table = summary(speeds, memories)
    write_csv(table, RESULTS / "simulator.csv")
    save(draw(table), RESULTS / "simulator.svg", RESULTS / "simulator.png")
    print(table.to_string(index=False, float_format=lambda value: f"{value:,.1f}", na_rep=""))


if __name__ == "__main__":
    main()
