"""Compare fitted models' answers to what-if questions with what happens in the simulated world."""

import numpy as np
import pandas as pd

from iatrogenesis.core.files import write_csv
from iatrogenesis.core.streams import Noise, derived_seed
from iatrogenesis.inference.answers.questions import WhatIf
from iatrogenesis.inference.answers.what_if import causal_truth, risk_change, summary, through_burnout
from iatrogenesis.inference.data.clients import from_clients
from iatrogenesis.inference.engines.collapsed.engine import sample
from iatrogenesis.inference.models import therapist
from iatrogenesis.inference.models.priors import Priors
from iatrogenesis.verification.records import recorded
from iatrogenesis.world.judged import Sample
from iatrogenesis.world.scenarios import Scenario
from iatrogenesis.world.setup import Setup
from iatrogenesis.world.tidy import clients_table, therapists_table


def main(settings: dict, worlds: dict[str, dict], limit: float, priors: dict, setup: dict, table_path: str) -> None:
    """Write one row per allocation, question and analysis."""
    settings, priors = WhatIf.model_validate(settings), Priors.model_validate(priors)
    setup, rows = Setup.model_validate(setup).apart("what_if"), []
    noise = Noise(derived_seed(setup.seed, "slope of burnout on caseload"))
    worlds = {name: Scenario.model_validate(world) for name, world in worlds.items()}
    for allocation, design in settings.designs().items():
        runs = {name: setup.run(world, design) for name, world in worlds.items()}
        judged = {name: Sample.of(run, setup.instruments, setup.judgement) for name, run in runs.items()}
        clients = clients_table(runs["routine_care"], setup.instruments, setup.judgement).assign(replicate=0)
        finished = clients[clients["finished"].astype(bool)].reset_index(drop=True)
        by_caseload, unsure = through_burnout(therapists_table(runs["routine_care"]), finished, limit)
        for analysis, covariates in {"ratings": therapist.COVARIATES, "true states": therapist.TRUE_STATES}.items():
            data = from_clients(finished, covariates, dataset=f"{allocation}, {analysis}", allow_empty=True)
            tree = sample("therapist", data, priors, setup.seed)
            burnout = "burnout_rating" if analysis == "ratings" else "burnout"
            shifts = {"burnout_down": (np.full(len(finished), -1.0), 0.0), "caseload_limit": (by_caseload, unsure)}
            for question, (shift, error) in shifts.items():
                change = risk_change(data, tree, {burnout: shift})
                change *= 1.0 + error * noise.normal(allocation, client=np.arange(len(change)))
                answer = summary(change, tree)
                about = {"allocation": allocation, "question": question, "analysis": analysis}
                rows.append(about | causal_truth(judged[question], judged["routine_care"]) | answer)
        print(f"{allocation}: {len(finished):,} clients", flush=True)
    table = pd.DataFrame(rows)
    reach = 2 * table["truth_mcse"]
    table["covered"] = table["truth"].between(table["low"] - reach, table["high"] + reach)
    write_csv(table, table_path)


if __name__ == "__main__":
    with recorded(snakemake):
        main(
            settings=snakemake.params.settings,
            worlds=snakemake.params.worlds,
            limit=snakemake.params.limit,
            priors=snakemake.params.priors,
            setup=snakemake.params.setup,
            table_path=snakemake.output.table,
        )
