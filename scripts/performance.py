"""Fit the null model to replicates with known therapist SD, and judge it over them."""

import pandas as pd

from iatrogenesis.data.files import write_csv, write_parquet
from iatrogenesis.data.logs import logged
from iatrogenesis.engines.nuts import FailedFit, compile_model, sample_many
from iatrogenesis.engines.sampler import Sampler
from iatrogenesis.evaluate.diagnostics import diagnose
from iatrogenesis.evaluate.estimands import table, vpc
from iatrogenesis.evaluate.gate import Gate
from iatrogenesis.evaluate.performance import performance
from iatrogenesis.models.clients import from_clients
from iatrogenesis.models.priors import Priors
from iatrogenesis.simulate.logit_normal import LogitNormal, simulate
from iatrogenesis.streams import Noise

ESTIMANDS = ("therapist_sd", "vpc")


def main(settings: dict, priors: dict, gate: dict, seed: int, table_path: str, fits_path: str, workers: int) -> None:
    """Write every fit, and the performance measures per true therapist SD."""
    priors, sampler, gate = Priors.model_validate(priors), Sampler.model_validate(settings["sampler"]), Gate(**gate)
    sizes = (settings["clients_per_therapist"],) * settings["therapists"]
    noise, compiled, fits = Noise(seed), None, []
    for sd in settings["therapist_sd"]:
        design = LogitNormal(clients_per_therapist=sizes, intercept=settings["intercept"], therapist_sd=sd)
        datas = [
            from_clients(simulate(design, noise, replicate).clients, dataset=f"sd {sd} replicate {replicate}")
            for replicate in range(settings["replicates"])
        ]
        compiled = compiled or compile_model("null", datas[0], priors)
        summaries = sample_many(compiled, datas, sampler, seed, workers, lambda tree: _summary(tree, gate))
        for replicate, summary in enumerate(summaries):
            rows = [{"estimand": name, "passed": False} for name in ESTIMANDS]
            for row in rows if isinstance(summary, FailedFit) else summary:
                truth = sd if row["estimand"] == "therapist_sd" else vpc(sd)
                fits.append({"true_sd": sd, "replicate": replicate, "truth": truth, **row})
        print(f"true therapist SD {sd}: {len(summaries)} fits", flush=True)
    fits = pd.DataFrame(fits)
    write_parquet(fits, fits_path)
    judged = [
        performance(part, f"sd {sd}, {name}").assign(true_sd=sd, estimand=name, model="null")
        for (sd, name), part in fits.groupby(["true_sd", "estimand"], sort=True)
    ]
    table_of_all = pd.concat(judged, ignore_index=True)
    write_csv(table_of_all[["model", "true_sd", "estimand", "measure", "value", "mcse", "n"]], table_path)


def _summary(tree, gate: Gate) -> list[dict]:
    rows = table(tree)
    kept = rows[rows["estimand"].isin(ESTIMANDS)].rename(columns={"sd": "se"})
    return kept.assign(passed=diagnose(tree, gate)["passed"]).to_dict("records")


if __name__ == "__main__":
    with logged(snakemake.log[0]):
        main(
            settings=snakemake.params.settings,
            priors=snakemake.params.priors,
            gate=snakemake.params.gate,
            seed=snakemake.params.seed,
            table_path=snakemake.output.table,
            fits_path=snakemake.output.fits,
            workers=snakemake.threads,
        )
