"""The simulation study: the truth of each cell first, then each method in batches of replicates, then performance.

REQUIRED INPUTS:
    config/study_design.csv (through the configuration)
OUTPUTS:
    results/{study}/simulation_study/{cell}/{truth.csv,true_rates.parquet},
    results/{study}/simulation_study/{cell}/{method}/{batch}.{estimates,therapists}.parquet,
    results/{study}/tables/{truth,performance}.csv
"""

STUDY_TABLES = ["performance", "truth", "advice", "needed", "policies", "reproductions"]
STUDY_FIGURES = ["performance", "spread_found", "accused", "advice", "policies"]
PLAN = result("logs/announced.tsv")
ANNOUNCED = {result(path): seconds for path, seconds in STUDY.costs.items()}
# Everything else is announced as a whole, until the numbers of the report are there.
REST = 0 if Path(result("tables/numbers.json")).is_file() else 60 * CONFIG.core_minutes
BAYESIAN = [name for names in GROUPS.values() for name in names if name in MODELS]
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


# Methods of one group are asked in one job, about the same data sets; those that the study does not ask are left out.
for group, members in GROUPS.items():
    methods = [name for name in members if name in CONFIG.simulation_study.methods]
    if not methods:
        continue

    rule:
        """Some replicates of one cell by a group of methods."""
        name:
            f"study_batch_{group}"
        input:
            truth="results/{study}/simulation_study/{cell}/truth.csv",
            code=code_of_methods(methods),
        output:
            estimates=[
                f"results/{{study}}/simulation_study/{{cell}}/{name}/{{batch}}.estimates.parquet" for name in methods
            ],
            therapists=[
                f"results/{{study}}/simulation_study/{{cell}}/{name}/{{batch}}.therapists.parquet" for name in methods
            ],
        log:
            f"results/{{study}}/logs/study_batch/{{cell}}/{group}/{{batch}}.log",
        benchmark:
            f"results/{{study}}/benchmarks/study_batch/{{cell}}/{group}/{{batch}}.tsv"
        conda:
            "../../environment.yml"
        threads: 1
        params:
            methods=methods,
            cell=cell_of,
            surroundings=surroundings_of,
            settings=plain(STUDY.method_settings),
            replicates=replicates_of_batch(group),
            plan=PLAN,
        message:
            "{wildcards.cell} by {params.methods}, replicates {params.replicates[0]} to {params.replicates[1]}"
        script:
            "../../scripts/study_batch.py"


rule performance:
    """Every method judged against the truth, in every cell."""
    input:
        truth=expand(result("simulation_study/{cell}/truth.csv"), cell=STUDY.cells),
        rates=expand(result("simulation_study/{cell}/true_rates.parquet"), cell=STUDY.cells),
        estimates=BATCH_FILES["estimates"],
        therapists=BATCH_FILES["therapists"],
        code=library("ademp/judge.py", "evaluate/performance.py", "evaluate/profiling.py", "evaluate/montecarlo.py"),
    output:
        table=report(
            "results/{study}/tables/performance.csv",
            caption="../report/performance.rst",
            category="Tables",
            labels={"table": "performance"},
        ),
        truth="results/{study}/tables/truth.csv",
        cells="results/{study}/tables/cells.csv",
    log:
        "results/{study}/logs/performance.log",
    benchmark:
        "results/{study}/benchmarks/performance.tsv"
    conda:
        "../../environment.yml"
    params:
        batches=[list(key) for key in ANSWERS],
        cells={name: plain(cell) for name, cell in STUDY.cells.items()},
        replicates=CONFIG.simulation_study.replicates,
    message:
        "Judging every method in every cell"
    script:
        "../../scripts/performance.py"


rule advice_column:
    """What so many clients per therapist tell, over numbers of therapists."""
    input:
        code=MODELLING + library("ademp/advice.py", "evaluate/profiling.py", "methods/bayes.py"),
    output:
        table="results/{study}/simulation_study/advice/{clients}.csv",
    log:
        "results/{study}/logs/advice_column/{clients}.log",
    benchmark:
        "results/{study}/benchmarks/advice_column/{clients}.tsv"
    conda:
        "../../environment.yml"
    params:
        grid=plain(CONFIG.advice),
        priors=plain(CONFIG.fit.priors),
        seed=CONFIG.seed,
    message:
        "What {wildcards.clients} clients per therapist tell"
    script:
        "../../scripts/advice_column.py"


rule advice:
    """How many therapists and clients it takes."""
    input:
        parts=expand(result("simulation_study/advice/{clients}.csv"), clients=CONFIG.advice.clients),
        code=library("ademp/needed.py"),
    output:
        table="results/{study}/tables/advice.csv",
        needed="results/{study}/tables/needed.csv",
    log:
        "results/{study}/logs/advice.log",
    benchmark:
        "results/{study}/benchmarks/advice.tsv"
    conda:
        "../../environment.yml"
    params:
        rate=CONFIG.advice.rate,
    message:
        "How many therapists and clients it takes"
    script:
        "../../scripts/advice.py"


rule policies:
    """What a service could do about therapists with bad results."""
    input:
        code=library("evaluate/policies.py", "evaluate/montecarlo.py", "models/spread.py", "streams.py"),
    output:
        table="results/{study}/tables/policies.csv",
    log:
        "results/{study}/logs/policies.log",
    benchmark:
        "results/{study}/benchmarks/policies.tsv"
    conda:
        "../../environment.yml"
    params:
        world=plain(STUDY.policies),
        seed=CONFIG.seed,
        replicates=CONFIG.policies.replicates,
    message:
        "Ten years of removing therapists, supporting them, or other things"
    script:
        "../../scripts/policies.py"
