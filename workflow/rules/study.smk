"""The simulation study: the truth of each cell first, then each method in batches of replicates, then performance.

REQUIRED INPUTS:
    config/study_design.csv (through the configuration)
OUTPUTS:
    results/{study}/simulation_study/{cell}/{truth.csv,true_rates.parquet},
    results/{study}/simulation_study/{cell}/{method}/{batch}.{estimates,therapists}.parquet,
    results/{study}/tables/{truth,performance}.csv
"""

CELLS = {name: plain(cell) for name, cell in STUDY.cells.items()}
BATCHES = {(batch.cell, batch.method, str(batch.number)): batch for batch in STUDY.batches}
BATCH_FILES = expand(
    [result(f"simulation_study/{'/'.join(key)}.{{kind}}.parquet") for key in BATCHES], kind=["estimates", "therapists"]
)
BAYESIAN = [name for name in METHODS if name in MODELS]
WORLDS = SIMULATOR + library("ademp/worlds.py", "ademp/cells.py", "models/data.py", "models/covariates.py")
ANSWERING = WORLDS + library("ademp/run.py", "methods/answer.py", "models/clients.py", "models/checks.py")
CLASSICAL = library(
    "methods/rates.py", "methods/regression.py", "engines/maximum_likelihood.py", "engines/quadrature.py"
)


rule cell_truth:
    """What is true in one cell, before any method has seen its data."""
    input:
        code=WORLDS + library("ademp/truth.py", "engines/maximum_likelihood.py", "engines/quadrature.py"),
    output:
        truth="results/{study}/simulation_study/{cell}/truth.csv",
        rates="results/{study}/simulation_study/{cell}/true_rates.parquet",
    log:
        "results/{study}/logs/cell_truth/{cell}.log",
    benchmark:
        "results/{study}/benchmarks/cell_truth/{cell}.tsv"
    conda:
        "../../environment.yml"
    params:
        cell=cell_of,
        surroundings=surroundings_of,
        replicates=CONFIG.simulation_study.replicates,
        clients=CONFIG.simulation_study.true_clients,
    message:
        "Working out what is true in {wildcards.cell}"
    script:
        "../../scripts/cell_truth.py"


rule study_batch:
    """Some replicates of one cell by one method."""
    input:
        truth="results/{study}/simulation_study/{cell}/truth.csv",
        code=code_of_method,
    output:
        estimates="results/{study}/simulation_study/{cell}/{method}/{batch}.estimates.parquet",
        therapists="results/{study}/simulation_study/{cell}/{method}/{batch}.therapists.parquet",
    log:
        "results/{study}/logs/study_batch/{cell}/{method}/{batch}.log",
    benchmark:
        "results/{study}/benchmarks/study_batch/{cell}/{method}/{batch}.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    params:
        cell=cell_of,
        surroundings=surroundings_of,
        settings=settings_of_method,
        replicates=replicates_of_batch,
    message:
        "{wildcards.cell} by {wildcards.method}, replicates {params.replicates[0]} to {params.replicates[1]}"
    script:
        "../../scripts/study_batch.py"


rule performance:
    """Every method judged against the truth, in every cell."""
    input:
        truth=expand(result("simulation_study/{cell}/truth.csv"), cell=CELLS),
        rates=expand(result("simulation_study/{cell}/true_rates.parquet"), cell=CELLS),
        batches=BATCH_FILES,
        code=library("ademp/judge.py", "evaluate/performance.py", "evaluate/profiling.py", "evaluate/montecarlo.py"),
    output:
        table="results/{study}/tables/performance.csv",
        truth="results/{study}/tables/truth.csv",
        cells="results/{study}/tables/cells.csv",
    log:
        "results/{study}/logs/performance.log",
    benchmark:
        "results/{study}/benchmarks/performance.tsv"
    conda:
        "../../environment.yml"
    params:
        folder=result("simulation_study"),
        batches=[list(key) for key in BATCHES],
        cells=CELLS,
        replicates=CONFIG.simulation_study.replicates,
    message:
        "Judging every method in every cell"
    script:
        "../../scripts/performance.py"
