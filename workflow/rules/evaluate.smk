"""Posteriors judged: diagnostics, effects and therapists against the truth, and scenarios.

REQUIRED INPUTS:
    results/{study}/posterior/{dataset}/{model}.nc, tables of truth, results/{study}/twins/{scenario}.parquet
OUTPUTS:
    results/{study}/tables/{diagnostics,therapist_effects,engines,predictive,sensitivity,model_comparison,calibration}.csv,
    results/{study}/tables/{therapists,true_rates,scenarios,attribution,preventions,what_if,reproductions}.csv
"""

FITS = [(dataset, model) for model in CONFIG.fit.models for dataset in STUDY.datasets(model, SERVICE_COUNTS)]
POSTERIORS = [result(f"posterior/{dataset}/{model}.nc") for dataset, model in FITS]


rule diagnostics:
    """Every fit through one gate; a failing fit is counted and shown."""
    input:
        posteriors=POSTERIORS,
        code=library("evaluate/diagnostics.py"),
    output:
        table="results/{study}/tables/diagnostics.csv",
    log:
        "results/{study}/logs/diagnostics.log",
    benchmark:
        "results/{study}/benchmarks/diagnostics.tsv"
    conda:
        "../../environment.yml"
    params:
        gate=plain(CONFIG.fit.gate),
    message:
        "Diagnosing {input.posteriors}"
    script:
        "../../scripts/diagnostics.py"


rule therapist_effects:
    """Each estimand of each fit: truth, estimate, interval, Monte Carlo error."""
    input:
        posteriors=POSTERIORS,
        known_truth="results/{study}/tables/known_truth.csv",
        true_effects="results/{study}/tables/true_effects.csv",
        code=library("evaluate/estimands.py"),
    output:
        table="results/{study}/tables/therapist_effects.csv",
    log:
        "results/{study}/logs/therapist_effects.log",
    benchmark:
        "results/{study}/benchmarks/therapist_effects.tsv"
    conda:
        "../../environment.yml"
    params:
        base=STUDY.base,
    message:
        "Setting estimates beside the truth"
    script:
        "../../scripts/therapist_effects.py"


rule engines:
    """Both engines on the same data and priors: do they give one posterior?"""
    input:
        posteriors=[result(f"posterior/{dataset}/{model}.nc") for dataset, model in STUDY.fitted_twice(SERVICE_COUNTS)],
        code=MODELLING + library("evaluate/agreement.py", "evaluate/estimands.py"),
    output:
        table="results/{study}/tables/engines.csv",
    log:
        "results/{study}/logs/engines.log",
    benchmark:
        "results/{study}/benchmarks/engines.tsv"
    conda:
        "../../environment.yml"
    params:
        fit={name: plain(CONFIG.fit)[name] for name in ("engine", "priors", "sampler")},
        seed=CONFIG.seed,
    message:
        "Fitting once more by the other engine"
    script:
        "../../scripts/engines.py"


rule model_checks:
    """Every model of routine care: predictive checks, sensitivity to the priors, leave-one-out comparison."""
    input:
        posteriors=[path for path, (dataset, _) in zip(POSTERIORS, FITS) if dataset == STUDY.base],
        sources=list(FIT_SOURCES.values()),
        code=MODELLING
        + library("evaluate/predictive.py", "evaluate/sensitivity.py", "evaluate/estimands.py", "evaluate/what_if.py"),
    output:
        predictive="results/{study}/tables/predictive.csv",
        sensitivity="results/{study}/tables/sensitivity.csv",
        comparison="results/{study}/tables/model_comparison.csv",
        marginal="results/{study}/tables/marginal_effects.csv",
    log:
        "results/{study}/logs/model_checks.log",
    benchmark:
        "results/{study}/benchmarks/model_checks.tsv"
    conda:
        "../../environment.yml"
    params:
        sources=FIT_SOURCES,
        given=STUDY.given,
        priors=plain(CONFIG.fit.priors),
        seed=CONFIG.seed,
    message:
        "Checking the models of routine care"
    script:
        "../../scripts/model_checks.py"


rule sbc:
    """Simulations from a model's prior, fitted by one engine: the ranks of the true values."""
    input:
        code=MODELLING + SIMULATOR + library("evaluate/sbc.py"),
    output:
        ranks="results/{study}/sbc/{model}_{engine}.parquet",
    log:
        "results/{study}/logs/sbc/{model}_{engine}.log",
    benchmark:
        "results/{study}/benchmarks/sbc/{model}_{engine}.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    params:
        simulations=simulations_of,
        sbc=plain(CONFIG.sbc),
        priors=plain(CONFIG.fit.priors),
        given=STUDY.given[STUDY.base],
        base=scenario(STUDY.base),
        setup=SETUP,
    message:
        "Calibrating {wildcards.model} by {wildcards.engine}, {params.simulations} simulations"
    script:
        "../../scripts/sbc.py"


rule calibration:
    """Are the true values' ranks uniform, for every model, engine and quantity?"""
    input:
        parts=[result(f"sbc/{model}_{engine}.parquet") for model, engine in SIMULATIONS],
        code=library("evaluate/sbc.py"),
    output:
        table="results/{study}/tables/calibration.csv",
        curves="results/{study}/sbc/curves.parquet",
    log:
        "results/{study}/logs/calibration.log",
    benchmark:
        "results/{study}/benchmarks/calibration.tsv"
    conda:
        "../../environment.yml"
    params:
        seed=CONFIG.seed,
    message:
        "Judging the ranks of true values"
    script:
        "../../scripts/calibration.py"


rule what_if:
    """What would happen if burnout fell, or caseloads were limited: by fitted models, and in the simulated world."""
    input:
        code=MODELLING + SIMULATOR + library("evaluate/what_if.py", "evaluate/montecarlo.py"),
    output:
        table="results/{study}/tables/what_if.csv",
    log:
        "results/{study}/logs/what_if.log",
    benchmark:
        "results/{study}/benchmarks/what_if.tsv"
    conda:
        "../../environment.yml"
    params:
        settings=plain(CONFIG.what_if),
        worlds={name: plain(world) for name, world in STUDY.what_if_worlds.items()},
        limit=float(STUDY.what_if_worlds["caseload_limit"].preventions[0].limit),
        priors=plain(CONFIG.fit.priors),
        setup=SETUP,
    message:
        "Asking models and the simulated world what would happen if"
    script:
        "../../scripts/what_if.py"


rule reproductions:
    """Published simulations of therapists done again."""
    input:
        code=library("evaluate/reproductions.py", "evaluate/removal.py", "evaluate/referral.py", "streams.py"),
    output:
        table="results/{study}/tables/reproductions.csv",
    log:
        "results/{study}/logs/reproductions.log",
    benchmark:
        "results/{study}/benchmarks/reproductions.tsv"
    conda:
        "../../environment.yml"
    params:
        seed=CONFIG.seed,
        replicates=CONFIG.reproductions.replicates,
    message:
        "Reproducing published simulations"
    script:
        "../../scripts/reproductions.py"


rule true_rates:
    """Each therapist's own deterioration rate over a very long list of clients."""
    input:
        code=SIMULATOR,
    output:
        table="results/{study}/tables/true_rates.csv",
    log:
        "results/{study}/logs/true_rates.log",
    benchmark:
        "results/{study}/benchmarks/true_rates.tsv"
    conda:
        "../../environment.yml"
    params:
        base=scenario(STUDY.base),
        design=plain(CONFIG.true_rates),
        setup=SETUP,
    message:
        "Finding each therapist's true rate"
    script:
        "../../scripts/true_rates.py"


rule therapists:
    """Each therapist's rate and rank with intervals, by every model of routine care, and each hospital's."""
    input:
        posteriors=[
            path
            for path, fit in zip(POSTERIORS, FITS)
            if fit[0] in (STUDY.base, "hospitals") and fit[1] in OUTCOME_MODELS
        ],
        true_rates="results/{study}/tables/true_rates.csv",
        code=library("evaluate/therapists.py"),
    output:
        table="results/{study}/tables/therapists.csv",
    log:
        "results/{study}/logs/therapists.log",
    benchmark:
        "results/{study}/benchmarks/therapists.tsv"
    conda:
        "../../environment.yml"
    params:
        base=STUDY.base,
    message:
        "Ranking therapists, with the uncertainty of their ranks"
    script:
        "../../scripts/therapists.py"


rule compare_scenarios:
    """Deterioration per 1,000 clients by scenario, and how much of it therapy caused."""
    input:
        counts=expand("results/{{study}}/twins/{scenario}.parquet", scenario=CONFIG.scenarios),
        code=library("evaluate/twins.py", "evaluate/montecarlo.py"),
    output:
        table="results/{study}/tables/scenarios.csv",
    log:
        "results/{study}/logs/compare_scenarios.log",
    benchmark:
        "results/{study}/benchmarks/compare_scenarios.tsv"
    conda:
        "../../environment.yml"
    params:
        scenarios=list(CONFIG.scenarios),
    message:
        "Comparing scenarios"
    script:
        "../../scripts/compare_scenarios.py"


rule attribute:
    """One pair of orders in which the mechanisms of the full world are opened, for the same clients."""
    input:
        code=SIMULATOR + library("evaluate/attribution.py", "evaluate/outcomes.py", "evaluate/montecarlo.py"),
    output:
        part="results/{study}/attribution/{pair}.parquet",
    log:
        "results/{study}/logs/attribute/{pair}.log",
    benchmark:
        "results/{study}/benchmarks/attribute/{pair}.tsv"
    conda:
        "../../environment.yml"
    params:
        full=scenario(CONFIG.attribution.full),
        design=plain(CONFIG.attribution.design),
        setup=SETUP,
    message:
        "Opening mechanisms one by one, pair {wildcards.pair}"
    script:
        "../../scripts/attribute.py"


rule attribution:
    """What each mechanism causes alone, as the last one taken away, and on average over all orders."""
    input:
        parts=expand("results/{{study}}/attribution/{pair}.parquet", pair=range(CONFIG.attribution.pairs)),
        code=library("evaluate/attribution.py", "evaluate/outcomes.py", "evaluate/montecarlo.py"),
    output:
        table="results/{study}/tables/attribution.csv",
    log:
        "results/{study}/logs/attribution.log",
    benchmark:
        "results/{study}/benchmarks/attribution.tsv"
    conda:
        "../../environment.yml"
    message:
        "Combining what each mechanism causes"
    script:
        "../../scripts/attribution.py"


rule prevent:
    """One prevention (or several) against the world without it, twin by twin, in three readings of the evidence."""
    input:
        code=SIMULATOR + library("evaluate/outcomes.py", "evaluate/montecarlo.py"),
    output:
        table="results/{study}/preventions/{scenario}.csv",
    log:
        "results/{study}/logs/prevent/{scenario}.log",
    benchmark:
        "results/{study}/benchmarks/prevent/{scenario}.tsv"
    conda:
        "../../environment.yml"
    params:
        scenario=scenario_of,
        against=scenario(CONFIG.preventions.against),
        design=plain(CONFIG.preventions.design),
        setup=SETUP,
    message:
        "What is averted in {wildcards.scenario}"
    script:
        "../../scripts/prevent.py"


rule preventions:
    """What every prevention averts and costs."""
    input:
        parts=expand("results/{{study}}/preventions/{scenario}.csv", scenario=CONFIG.preventions.scenarios),
    output:
        table="results/{study}/tables/preventions.csv",
    log:
        "results/{study}/logs/preventions.log",
    benchmark:
        "results/{study}/benchmarks/preventions.tsv"
    conda:
        "../../environment.yml"
    message:
        "Gathering what preventions avert"
    script:
        "../../scripts/preventions.py"


rule assumptions:
    """What becomes of the conclusions where assumed numbers take other values of their ranges."""
    input:
        code=SIMULATOR
        + library("evaluate/assumed.py", "evaluate/outcomes.py", "evaluate/calibrate.py", "evaluate/montecarlo.py"),
    output:
        table="results/{study}/tables/assumptions.csv",
    log:
        "results/{study}/logs/assumptions.log",
    benchmark:
        "results/{study}/benchmarks/assumptions.tsv"
    conda:
        "../../environment.yml"
    params:
        asked=CONFIG.assumptions.conclusions,
        worlds={
            "base": scenario(STUDY.base),
            "full": scenario(CONFIG.assumptions.full),
            "prevented": scenario(CONFIG.assumptions.prevented),
        },
        draws=CONFIG.assumptions.draws,
        design=plain(CONFIG.assumptions.design),
        setup=SETUP,
    message:
        "Moving what is assumed through its ranges"
    script:
        "../../scripts/assumptions.py"
