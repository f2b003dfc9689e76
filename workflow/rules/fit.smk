"""Hierarchical models, one job a model: compiled once for each number of therapists, then used for every data set.

REQUIRED INPUTS:
    results/{study}/simulated/{base,known}/clients.parquet, sessions of base, and the service counts where present
OUTPUTS:
    results/{study}/posterior/{dataset}/{model}.nc
"""

FIT_SOURCES = {
    STUDY.base: result(f"simulated/{STUDY.base}/clients.parquet"),
    f"{STUDY.base}_sessions": result(f"simulated/{STUDY.base}/sessions.parquet"),
    "known": result("simulated/known/clients.parquet"),
}
if SERVICE_COUNTS:
    FIT_SOURCES["service_counts"] = SERVICE_COUNTS

for model in CONFIG.fit.models:

    rule:
        """Fit one model to all its data sets."""
        name:
            f"fit_{model}"
        input:
            sources=list(FIT_SOURCES.values()),
            code=MODELLING,
        output:
            posteriors=[result(f"posterior/{dataset}/{model}.nc") for dataset in STUDY.datasets(model, SERVICE_COUNTS)],
        log:
            result(f"logs/fit_model/{model}.log"),
        benchmark:
            result(f"benchmarks/fit_model/{model}.tsv")
        conda:
            "../../environment.yml"
        threads: 1
        params:
            model=model,
            datasets=STUDY.datasets(model, SERVICE_COUNTS),
            sources=FIT_SOURCES,
            given=STUDY.given,
            fit={
                "engine": CONFIG.fit.engine,
                "priors": plain(CONFIG.fit.priors),
                "sampler": plain(CONFIG.fit.sampler_of(model)),
            },
            seed=CONFIG.seed,
        message:
            "Fitting {params.model} to {params.datasets}"
        script:
            "../../scripts/fit_model.py"
