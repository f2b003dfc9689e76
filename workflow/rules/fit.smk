"""Hierarchical models, one job a model: compiled once for each number of therapists, then used for every data set.

REQUIRED INPUTS:
    results/{study}/simulated/{base,known}/clients.parquet, and the service counts where they are present
OUTPUTS:
    results/{study}/posterior/{dataset}/{model}.nc
"""

for model in CONFIG.fit.models:

    rule:
        """Fit one model to all its data sets."""
        name:
            f"fit_{model}"
        input:
            base=result(f"simulated/{STUDY.base}/clients.parquet"),
            known=result("simulated/known/clients.parquet"),
            service_counts=SERVICE_COUNTS or [],
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
            priors=plain(CONFIG.fit.priors),
            sampler=plain(CONFIG.fit.sampler),
            seed=CONFIG.seed,
        message:
            "Fitting {params.model} to {params.datasets}"
        script:
            "../../scripts/fit_model.py"
