"""Hierarchical models fitted and judged: diagnostics, effects and therapists beside the truth, checks of the models.

What the collapsed engine fits is one job: its fits take a second each, starting a job takes three, so an edit of one of
these models refits them all. What is sampled is a job a model: compiled once for each number of therapists, then used for
every data set.

REQUIRED INPUTS:
    results/{study}/simulated/{routine_care,known}/clients.parquet, its sessions, and the service counts where present
OUTPUTS:
    results/{study}/posterior/{dataset}/{model}.nc, results/{study}/posterior/draws.parquet
    results/{study}/tables/{diagnostics,therapist_effects,engines,predictive,prior_sensitivity,model_comparison,
    unseen_therapists,sbc}.csv,
    results/{study}/tables/{therapists,true_rates,true_effects,what_if}.csv
"""

FIT_SOURCES = {
    STUDY.routine_care: result(f"simulated/{STUDY.routine_care}/clients.parquet"),
    f"{STUDY.routine_care}_sessions": result(f"simulated/{STUDY.routine_care}/sessions.parquet"),
    "known": result("simulated/known/clients.parquet"),
}
if SERVICE_COUNTS:
    FIT_SOURCES["service_counts"] = SERVICE_COUNTS
FITS = [(dataset, model) for model in CONFIG.fit.models for dataset in STUDY.datasets(model, SERVICE_COUNTS)]
POSTERIORS = [result(f"posterior/{dataset}/{model}.nc") for dataset, model in FITS]


# Models whose truth maximum likelihood finds where there are hundreds of thousands of clients.
LARGE_SAMPLE = [name for name in CONFIG.fit.models if "LARGE_SAMPLE" in MODEL_FACTS[name]]


rule true_effects:
    """What each model would find in routine care with hundreds of thousands of clients: the truth to recover."""
    input:
        code=library("inference/true_effects", {"inference.models": LARGE_SAMPLE}),
    output:
        table="<results>/{study}/tables/true_effects.csv",
    log:
        "<results>/{study}/logs/true_effects.log",
    benchmark:
        "<results>/{study}/benchmarks/true_effects.tsv"
    params:
        routine_care=scenario(STUDY.routine_care),
        models=LARGE_SAMPLE,
        design=plain(CONFIG.true_effects),
        setup=SETUP,
    message:
        "Finding the true effects in a very large service"
    script:
        "../../scripts/inference/true_effects.py"


for name, models in together(CONFIG.fit.models, CONFIG.fit.engine).items():

    rule:
        """Fit one model, or all that are not sampled, to all their data sets."""
        name:
            f"fit_{name}"
        input:
            sources=list(FIT_SOURCES.values()),
            code=library("inference/fit", {"inference.models": models}),
        output:
            posteriors=[path for path, (_, model) in zip(POSTERIORS, FITS) if model in models],
        log:
            result(f"logs/fit/{name}.log"),
        benchmark:
            result(f"benchmarks/fit/{name}.tsv")
        threads: 1
        params:
            fits=[[dataset, model] for dataset, model in FITS if model in models],
            sources=list(FIT_SOURCES),  # their names: the paths are inputs, which may be copies
            given=STUDY.given,
            engine=CONFIG.fit.engine,
            priors=plain(CONFIG.fit.priors),
            samplers={model: plain(CONFIG.fit.sampler_of(model)) for model in models},
            seed=CONFIG.seed,
        message:
            "Fitting {params.fits}"
        script:
            "../../scripts/inference/fit.py"


rule diagnostics:
    """Convergence diagnostics of every fit; one that fails the criteria is counted and shown."""
    input:
        posteriors=POSTERIORS,
        code=library("inference/diagnostics"),
    output:
        table="<results>/{study}/tables/diagnostics.csv",
    log:
        "<results>/{study}/logs/diagnostics.log",
    benchmark:
        "<results>/{study}/benchmarks/diagnostics.tsv"
    group:
        "tables"
    params:
        convergence=plain(CONFIG.fit.convergence),
    message:
        "Diagnosing {input.posteriors}"
    script:
        "../../scripts/inference/diagnostics.py"


rule therapist_effects:
    """Each estimand of each fit: truth, estimate, interval, Monte Carlo error."""
    input:
        posteriors=POSTERIORS,
        known_truth="<results>/{study}/tables/known_truth.csv",
        true_effects="<results>/{study}/tables/true_effects.csv",
        code=library("inference/therapist_effects"),
    output:
        table="<results>/{study}/tables/therapist_effects.csv",
        draws="<results>/{study}/posterior/draws.parquet",
    log:
        "<results>/{study}/logs/therapist_effects.log",
    benchmark:
        "<results>/{study}/benchmarks/therapist_effects.tsv"
    group:
        "tables"
    params:
        routine_care=STUDY.routine_care,
    message:
        "Setting estimates beside the truth"
    script:
        "../../scripts/inference/therapist_effects.py"


rule engines:
    """Both engines on the same data and priors: do they give one posterior?"""
    input:
        posteriors=[result(f"posterior/{dataset}/{model}.nc") for dataset, model in STUDY.fitted_twice(SERVICE_COUNTS)],
        code=library(
            "inference/engines", {"inference.models": [model for _, model in STUDY.fitted_twice(SERVICE_COUNTS)]}
        ),
    output:
        table="<results>/{study}/tables/engines.csv",
    log:
        "<results>/{study}/logs/engines.log",
    benchmark:
        "<results>/{study}/benchmarks/engines.tsv"
    params:
        fit={name: plain(CONFIG.fit)[name] for name in ("engine", "priors", "sampler")},
        seed=CONFIG.seed,
    message:
        "Fitting once more by the other engine"
    script:
        "../../scripts/inference/engines.py"


rule model_checks:
    """Every model of routine care: predictive checks, sensitivity to the priors, clients and therapists left out."""
    input:
        posteriors=[path for path, (dataset, _) in zip(POSTERIORS, FITS) if dataset == STUDY.routine_care],
        sources=list(FIT_SOURCES.values()),
        code=library("inference/model_checks"),
    output:
        predictive="<results>/{study}/tables/predictive.csv",
        sensitivity="<results>/{study}/tables/prior_sensitivity.csv",
        comparison="<results>/{study}/tables/model_comparison.csv",
        unseen="<results>/{study}/tables/unseen_therapists.csv",
        marginal="<results>/{study}/tables/marginal_effects.csv",
    log:
        "<results>/{study}/logs/model_checks.log",
    benchmark:
        "<results>/{study}/benchmarks/model_checks.tsv"
    params:
        sources=list(FIT_SOURCES),  # their names: the paths are inputs, which may be copies
        given=STUDY.given,
        priors=plain(CONFIG.fit.priors),
        seed=CONFIG.seed,
    message:
        "Checking the models of routine care"
    script:
        "../../scripts/inference/model_checks.py"


for engine in dict.fromkeys(engine for _, engine in SIMULATIONS):
    for name, models in together([model for model, by in SIMULATIONS if by == engine], engine).items():

        rule:
            """Simulations from a model's prior, fitted by one engine: the ranks of the true values."""
            name:
                f"sbc_ranks_{name}_{engine}"
            input:
                code=library("inference/sbc_ranks", {"inference.models": models}),
            output:
                ranks=[result(f"sbc/{model}_{engine}.parquet") for model in models],
            log:
                result(f"logs/sbc_ranks/{name}_{engine}.log"),
            benchmark:
                result(f"benchmarks/sbc_ranks/{name}_{engine}.tsv")
            threads: 1
            params:
                engine=engine,
                simulations={model: SIMULATIONS[model, engine] for model in models},
                sbc=plain(CONFIG.sbc),
                priors=plain(CONFIG.fit.priors),
                given=STUDY.given[STUDY.routine_care],
                routine_care=scenario(STUDY.routine_care),
                setup=SETUP,
            message:
                "Simulation-based calibration by {params.engine}, simulations: {params.simulations}"
            script:
                "../../scripts/inference/sbc_ranks.py"


rule sbc:
    """Are the true values' ranks uniform, for every model, engine and quantity? The full study's say it of the others."""
    input:
        parts=[result(f"sbc/{model}_{engine}.parquet") for model, engine in SIMULATIONS],
        full=[source(path) for path in calibration_shown(ROOT / "results" / "reference" / "full", STUDY)],
        code=library("inference/sbc"),
    output:
        table="<results>/{study}/tables/sbc.csv",
        curves="<results>/{study}/sbc/curves.parquet",
    log:
        "<results>/{study}/logs/sbc.log",
    benchmark:
        "<results>/{study}/benchmarks/sbc.tsv"
    group:
        "tables"
    params:
        study=STUDY.name,
        seed=CONFIG.seed,
    message:
        "Judging the ranks of true values"
    script:
        "../../scripts/inference/sbc.py"


rule what_if:
    """What would happen if burnout fell, or caseloads were limited: by fitted models, and in the simulated world."""
    input:
        code=library("inference/what_if"),
    output:
        table="<results>/{study}/tables/what_if.csv",
    log:
        "<results>/{study}/logs/what_if.log",
    benchmark:
        "<results>/{study}/benchmarks/what_if.tsv"
    params:
        settings=plain(CONFIG.what_if),
        worlds={name: plain(world) for name, world in STUDY.what_if_worlds.items()},
        limit=float(STUDY.what_if_worlds["caseload_limit"].preventions[0].limit),
        priors=plain(CONFIG.fit.priors),
        setup=SETUP,
    message:
        "Asking models and the simulated world what would happen if"
    script:
        "../../scripts/inference/what_if.py"


rule true_rates:
    """Each therapist's own deterioration rate over a very long list of clients."""
    input:
        code=library("inference/true_rates"),
    output:
        table="<results>/{study}/tables/true_rates.csv",
    log:
        "<results>/{study}/logs/true_rates.log",
    benchmark:
        "<results>/{study}/benchmarks/true_rates.tsv"
    group:
        "simulated"
    params:
        routine_care=scenario(STUDY.routine_care),
        design=plain(CONFIG.true_rates),
        setup=SETUP,
    message:
        "Finding each therapist's true rate"
    script:
        "../../scripts/inference/true_rates.py"


rule therapists:
    """Each therapist's rate and rank with intervals, by every model of routine care, and each hospital's."""
    input:
        posteriors=[
            path
            for path, fit in zip(POSTERIORS, FITS)
            if fit[0] in (STUDY.routine_care, "hospitals") and fit[1] in OUTCOME_MODELS
        ],
        true_rates="<results>/{study}/tables/true_rates.csv",
        code=library("inference/therapists"),
    output:
        table="<results>/{study}/tables/therapists.csv",
    log:
        "<results>/{study}/logs/therapists.log",
    benchmark:
        "<results>/{study}/benchmarks/therapists.tsv"
    group:
        "tables"
    params:
        routine_care=STUDY.routine_care,
    message:
        "Ranking therapists, with the uncertainty of their ranks"
    script:
        "../../scripts/inference/therapists.py"
