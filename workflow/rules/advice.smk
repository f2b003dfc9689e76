"""What a service can plan with: therapists and clients needed, policies; and published simulations done again.

OUTPUTS:
    results/{study}/tables/{advice,needed,policies,policy_members,reproductions,known_truth}.csv
    results/{study}/simulated/known/clients.parquet
"""


rule simulate_known_truth:
    """Clients drawn from the therapist model itself, so that every truth is exact."""
    input:
        code=library("simulation_study/simulate_known_truth"),
    output:
        clients="<results>/{study}/simulated/known/clients.parquet",
        truth="<results>/{study}/tables/known_truth.csv",
    log:
        "<results>/{study}/logs/simulate_known_truth.log",
    benchmark:
        "<results>/{study}/benchmarks/simulate_known_truth.tsv"
    group:
        "simulated"
    params:
        known_truth=plain(CONFIG.known_truth),
        seed=CONFIG.seed,
    message:
        "Drawing clients with exactly known truth"
    script:
        "../../scripts/simulation_study/simulate_known_truth.py"


rule reproductions:
    """Published simulations of therapists done again."""
    input:
        code=library("simulation_study/reproductions"),
    output:
        table="<results>/{study}/tables/reproductions.csv",
    log:
        "<results>/{study}/logs/reproductions.log",
    benchmark:
        "<results>/{study}/benchmarks/reproductions.tsv"
    params:
        seed=CONFIG.seed,
        replicates=CONFIG.reproductions.replicates,
        evidence=STUDY.published,
        reproduced=plain(STUDY.reproduced),
    message:
        "Reproducing published simulations"
    script:
        "../../scripts/simulation_study/reproductions.py"


for columns in shared_out(CONFIG.advice.clients, 3):

    rule:
        """What so many clients per therapist tell, over numbers of therapists."""
        name:
            f"advice_columns_{columns[0]}"
        input:
            code=library("simulation_study/advice_columns", {"inference.models": ["intercept_only"]}),
        output:
            tables=[result(f"simulation_study/advice/{clients}.csv") for clients in columns],
        log:
            result(f"logs/advice_columns/{columns[0]}.log"),
        benchmark:
            result(f"benchmarks/advice_columns/{columns[0]}.tsv")
        params:
            columns=columns,
            grid=plain(CONFIG.advice),
            priors=plain(CONFIG.fit.priors),
            seed=CONFIG.seed,
        message:
            "What {params.columns} clients per therapist tell"
        script:
            "../../scripts/simulation_study/advice_columns.py"


rule advice:
    """How many therapists and clients it takes."""
    input:
        parts=expand(result("simulation_study/advice/{clients}.csv"), clients=CONFIG.advice.clients),
        code=library("simulation_study/advice"),
    output:
        table="<results>/{study}/tables/advice.csv",
        needed="<results>/{study}/tables/needed.csv",
    log:
        "<results>/{study}/logs/advice.log",
    benchmark:
        "<results>/{study}/benchmarks/advice.tsv"
    group:
        "tables"
    params:
        rate=CONFIG.advice.rate,
    message:
        "How many therapists and clients it takes"
    script:
        "../../scripts/simulation_study/advice.py"


rule policies:
    """What a service could do about therapists with bad results, in every plausible world."""
    input:
        ensemble=source("config/ensemble.csv"),
        members="<results>/{study}/tables/members.csv",
        conclusions="<results>/{study}/tables/conclusions.csv",
        code=library("simulation_study/policies"),
    output:
        table="<results>/{study}/tables/policies.csv",
        members="<results>/{study}/tables/policy_members.csv",
    log:
        "<results>/{study}/logs/policies.log",
    benchmark:
        "<results>/{study}/benchmarks/policies.tsv"
    params:
        declared=plain(STUDY.policies),
        scenarios={"routine_care": scenario(STUDY.routine_care), "prevented": scenario(CONFIG.conclusions.prevented)},
        judged_by=list(CONFIG.judgement.instruments),
        associations={name: plain(one) for name, one in STUDY.associations.items()},
        seed=CONFIG.seed,
        replicates=CONFIG.policies.replicates,
        services=CONFIG.policies.services,
    message:
        "Ten years of removing therapists, supporting them, or other things"
    script:
        "../../scripts/simulation_study/policies.py"
