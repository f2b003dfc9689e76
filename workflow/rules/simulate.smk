"""Simulated clients with known truth, and large simulations for truths and comparisons.

REQUIRED INPUTS:
    scenarios (in `params`, merged) and config/evidence.csv
OUTPUTS:
    results/{study}/simulated/{scenario}/{clients,sessions,therapists,therapist_weeks}.parquet
    results/{study}/simulated/known/clients.parquet, results/{study}/tables/known_truth.csv
    results/{study}/twins/{scenario}.parquet
    results/{study}/tables/{evidence,true_effects}.csv
"""


rule simulate:
    """One scenario: clients, sessions, therapists, weeks; and what the reference world would have given each client."""
    input:
        code=SIMULATOR,
    output:
        clients="results/{study}/simulated/{scenario}/clients.parquet",
        sessions="results/{study}/simulated/{scenario}/sessions.parquet",
        therapists="results/{study}/simulated/{scenario}/therapists.parquet",
        therapist_weeks="results/{study}/simulated/{scenario}/therapist_weeks.parquet",
    log:
        "results/{study}/logs/simulate/{scenario}.log",
    benchmark:
        "results/{study}/benchmarks/simulate/{scenario}.tsv"
    conda:
        "../../environment.yml"
    params:
        scenario=scenario_of,
        reference=scenario(CONFIG.reference),
        design=plain(CONFIG.simulate),
        setup=SETUP,
    message:
        "Simulating {wildcards.scenario} and each client's twin"
    script:
        "../../scripts/simulate.py"


rule simulate_known_truth:
    """Clients drawn from the therapist model itself, so that every truth is exact."""
    input:
        code=library("simulate/logit_normal.py", "models/*.py", "streams.py"),
    output:
        clients="results/{study}/simulated/known/clients.parquet",
        truth="results/{study}/tables/known_truth.csv",
    log:
        "results/{study}/logs/simulate_known_truth.log",
    benchmark:
        "results/{study}/benchmarks/simulate_known_truth.tsv"
    conda:
        "../../environment.yml"
    params:
        known_truth=plain(CONFIG.known_truth),
        seed=CONFIG.seed,
    message:
        "Drawing clients with exactly known truth"
    script:
        "../../scripts/simulate_known_truth.py"


rule count_twins:
    """Many clients through a scenario, the reference world and routine care: who gets worse only in one of them."""
    input:
        code=SIMULATOR + library("evaluate/twins.py", "evaluate/sample.py"),
    output:
        counts="results/{study}/twins/{scenario}.parquet",
    log:
        "results/{study}/logs/count_twins/{scenario}.log",
    benchmark:
        "results/{study}/benchmarks/count_twins/{scenario}.tsv"
    conda:
        "../../environment.yml"
    params:
        scenario=scenario_of,
        reference=scenario(CONFIG.reference),
        base=scenario(STUDY.base),
        design=plain(CONFIG.count_twins),
        setup=SETUP,
    message:
        "Counting twins in {wildcards.scenario}"
    script:
        "../../scripts/count_twins.py"


rule evidence:
    """Each published pattern beside the simulated one."""
    input:
        evidence="config/evidence.csv",
        references="config/references.bib",
        code=SIMULATOR + library("evaluate/*.py", "evaluate/patterns/*.py", "engines/maximum_likelihood.py"),
    output:
        table=report(
            "results/{study}/tables/evidence.csv",
            caption="../report/evidence.rst",
            category="Tables",
            labels={"table": "evidence"},
        ),
    log:
        "results/{study}/logs/evidence.log",
    benchmark:
        "results/{study}/benchmarks/evidence.tsv"
    conda:
        "../../environment.yml"
    params:
        worlds={
            "treated": scenario(STUDY.base),
            "untreated": scenario(CONFIG.untreated),
            "reference": scenario(CONFIG.reference),
            "monitoring": scenario(CONFIG.monitoring),
        },
        designs={"year": plain(CONFIG.evidence), "years": plain(CONFIG.evidence_years)},
        setup=SETUP,
    message:
        "Comparing the simulated world with the published one"
    script:
        "../../scripts/evidence.py"


rule true_effects:
    """What each model would find in routine care with hundreds of thousands of clients: the truth to recover."""
    input:
        code=SIMULATOR + library("engines/maximum_likelihood.py", "models/*.py"),
    output:
        table="results/{study}/tables/true_effects.csv",
    log:
        "results/{study}/logs/true_effects.log",
    benchmark:
        "results/{study}/benchmarks/true_effects.tsv"
    conda:
        "../../environment.yml"
    params:
        base=scenario(STUDY.base),
        models=[name for name in CONFIG.fit.models if name in (*OUTCOME_MODELS, "measurement")],
        design=plain(CONFIG.true_effects),
        setup=SETUP,
    message:
        "Finding the true effects in a very large service"
    script:
        "../../scripts/true_effects.py"


rule calibrate:
    """Find the simulator's free parameters anew (not part of a report; the found values are committed)."""
    input:
        scenario="config/scenarios/base.yaml",
        evidence="config/evidence.csv",
        references="config/references.bib",
        code=SIMULATOR + library("evaluate/*.py", "evaluate/patterns/*.py"),
    output:
        **{
            mechanism.kind: result(f"calibration/mechanisms/{mechanism.kind}.yaml")
            for mechanism in STUDY.catalogue["base"].mechanisms
        },
        parameters=result("calibration/parameters.csv"),
        patterns=result("calibration/patterns.csv"),
        sensitivity=result("calibration/sensitivity.csv"),
        scenario=result("calibration/scenarios/base.yaml"),
    log:
        result("logs/calibrate.log"),
    benchmark:
        result("benchmarks/calibrate.tsv")
    conda:
        "../../environment.yml"
    params:
        base=scenario("base"),
        design=plain(CONFIG.calibrate),
        setup=SETUP,
    message:
        "Calibrating: simulated moments against the published patterns"
    script:
        "../../scripts/calibrate.py"
