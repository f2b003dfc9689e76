"""The simulation study: the truth of each cell first, then each method in batches of replicates, then performance.

REQUIRED INPUTS:
    config/study_design.csv (through the configuration)
OUTPUTS:
    results/{study}/simulation_study/{worlds.json,worlds/{cell}.csv},
    results/{study}/simulation_study/{cell}/{truth.csv,true_rates.parquet},
    results/{study}/simulation_study/{cell}/{method}/{batch}.{estimates,therapists}.parquet,
    results/{study}/tables/{truth,performance,method_results,method_cells,method_agreement}.csv
"""

STUDY_TABLES = ["performance", "method_results", "truth", "advice", "needed", "policies", "reproductions"]
ANNOUNCED = {result(path): seconds for path, seconds in STUDY.costs.items()}
# Everything else is announced as a whole, until the numbers of the report are there.
REST = 0 if Path(result("tables/numbers.json")).is_file() else 60 * CONFIG.core_minutes


rule statistical_world:
    """The numbers of the statistical cells anew, from the plausible worlds (not part of a report; they are committed)."""
    input:
        ensemble=source("config/ensemble.csv"),
        numbers=source("config/statistical_world.yaml"),
        code=library("simulation_study/statistical_world"),
    output:
        numbers=result("calibration/statistical_world.yaml"),
    log:
        result("logs/statistical_world.log"),
    benchmark:
        result("benchmarks/statistical_world.tsv")
    params:
        scenarios=[scenario(STUDY.routine_care), scenario(CONFIG.conclusions.prevented)],
        associations={name: plain(one) for name, one in STUDY.associations.items()},
        members=100,
        design=plain(CONFIG.simulate) | {"replicates": 10},
        setup=SETUP,
    message:
        "The statistical model nearest to each of {params.members} plausible worlds"
    script:
        "../../scripts/simulation_study/statistical_world.py"


rule study_worlds:
    """The plausible worlds in which family B is simulated."""
    input:
        ensemble=source("config/ensemble.csv"),
        code=library("simulation_study/study_worlds"),
    output:
        numbers="<results>/{study}/simulation_study/worlds.json",
    log:
        "<results>/{study}/logs/study_worlds.log",
    benchmark:
        "<results>/{study}/benchmarks/study_worlds.tsv"
    params:
        scenarios=[scenario(STUDY.routine_care), scenario(CONFIG.conclusions.prevented)],
        associations={name: plain(one) for name, one in STUDY.associations.items()},
        judged=list(CONFIG.judgement.instruments),
        number=CONFIG.simulation_study.worlds,
    message:
        "Taking {params.number} plausible worlds"
    script:
        "../../scripts/simulation_study/study_worlds.py"


rule world_truth:
    """What is true in each plausible world of a scenario and a size, those of the first cell that has both."""
    input:
        numbers="<results>/{study}/simulation_study/worlds.json",
        code=library("simulation_study/world_truth"),
    output:
        truth="<results>/{study}/simulation_study/worlds/{cell}.csv",
    log:
        "<results>/{study}/logs/world_truth/{cell}.log",
    benchmark:
        "<results>/{study}/benchmarks/world_truth/{cell}.tsv"
    params:
        cell=cell_of,
        surroundings=surroundings_of,
    message:
        "Working out what is true of the scenario and the size of {wildcards.cell} in plausible worlds"
    script:
        "../../scripts/simulation_study/world_truth.py"


rule cell_truth:
    """What is true in one cell, before any method has seen its data."""
    input:
        unpack(truth_in_worlds),
        code=library("simulation_study/cell_truth"),
    output:
        truth="<results>/{study}/simulation_study/{cell}/truth.csv",
        rates="<results>/{study}/simulation_study/{cell}/true_rates.parquet",
    log:
        "<results>/{study}/logs/cell_truth/{cell}.log",
    benchmark:
        "<results>/{study}/benchmarks/cell_truth/{cell}.tsv"
    group:
        "truths"
    params:
        cell=cell_of,
        surroundings=surroundings_of,
        sizes={"replicates": CONFIG.simulation_study.replicates, "clients": CONFIG.simulation_study.true_clients},
    message:
        "Working out what is true in {wildcards.cell}"
    script:
        "../../scripts/simulation_study/cell_truth.py"


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
            unpack(in_worlds),
            truth="<results>/{study}/simulation_study/{cell}/truth.csv",
            code=code_of_methods(methods),
        output:
            estimates=[
                f"<results>/{{study}}/simulation_study/{{cell}}/{name}/{{batch}}.estimates.parquet" for name in methods
            ],
            therapists=[
                f"<results>/{{study}}/simulation_study/{{cell}}/{name}/{{batch}}.therapists.parquet"
                for name in methods
            ],
        log:
            f"<results>/{{study}}/logs/study_batch/{{cell}}/{group}/{{batch}}.log",
        benchmark:
            f"<results>/{{study}}/benchmarks/study_batch/{{cell}}/{group}/{{batch}}.tsv"
        group:
            "batches"
        threads: 1
        params:
            methods=methods,
            cell=cell_of,
            surroundings=surroundings_of,
            settings=settings_of,
            replicates=replicates_of_batch(group),
        message:
            "{wildcards.cell} by {params.methods}, replicates {params.replicates[0]} to {params.replicates[1]}"
        script:
            "../../scripts/simulation_study/study_batch.py"


rule performance:
    """Every method judged against the truth, in every cell."""
    input:
        truth=expand(result("simulation_study/{cell}/truth.csv"), cell=STUDY.cells),
        rates=expand(result("simulation_study/{cell}/true_rates.parquet"), cell=STUDY.cells),
        estimates=BATCH_FILES["estimates"],
        therapists=BATCH_FILES["therapists"],
        code=library("simulation_study/performance"),
    output:
        table=report(
            "<results>/{study}/tables/performance.csv",
            caption="../report/performance.rst",
            category="Tables",
            labels={"table": "performance"},
        ),
        differences="<results>/{study}/tables/differences.csv",
        truth="<results>/{study}/tables/truth.csv",
        cells="<results>/{study}/tables/cells.csv",
    log:
        "<results>/{study}/logs/performance.log",
    benchmark:
        "<results>/{study}/benchmarks/performance.tsv"
    group:
        "tables"
    params:
        batches=[list(key) for key in ANSWERS],
        cells={name: plain(cell) for name, cell in STUDY.cells.items()},
        replicates=CONFIG.simulation_study.replicates_by_method,
    message:
        "Judging every method in every cell"
    script:
        "../../scripts/simulation_study/performance.py"


OF_FULL = shown(
    ROOT / "results" / "reference" / "full",
    CONFIG.seed,
    STUDY.cells,
    lambda: fingerprint(STUDY, CONFIG_FOLDER / "ensemble.csv"),
)


rule method_results:
    """What the report shows about methods: the full study's results where it is about the same cells."""
    input:
        performance="<results>/{study}/tables/performance.csv",
        cells="<results>/{study}/tables/cells.csv",
        full=[source(path) for path in OF_FULL],
        code=library("simulation_study/method_results"),
    output:
        performance="<results>/{study}/tables/method_results.csv",
        cells="<results>/{study}/tables/method_cells.csv",
        agreement="<results>/{study}/tables/method_agreement.csv",
    log:
        "<results>/{study}/logs/method_results.log",
    benchmark:
        "<results>/{study}/benchmarks/method_results.tsv"
    group:
        "tables"
    params:
        study=STUDY.name,
    message:
        "Choosing the results about methods that are shown"
    script:
        "../../scripts/simulation_study/method_results.py"
