"""What routes of harm cause and what preventions avert, by counterfactual twins.

REQUIRED INPUTS:
    scenarios (in `params`, merged)
OUTPUTS:
    results/{study}/twins/{scenario}.parquet, results/{study}/{attribution,preventions}/
    results/{study}/tables/{scenarios,attribution,preventions,sensitivity}.csv
"""


rule count_twins:
    """Many clients through a scenario, the reference world and routine care: who gets worse only in one of them."""
    input:
        code=library("harm/count_twins"),
    output:
        counts="results/{study}/twins/{scenario}.parquet",
    log:
        "results/{study}/logs/count_twins/{scenario}.log",
    benchmark:
        "results/{study}/benchmarks/count_twins/{scenario}.tsv"
    params:
        scenario=scenario_of,
        reference=scenario(CONFIG.reference),
        base=scenario(STUDY.base),
        design=plain(CONFIG.count_twins),
        setup=SETUP,
    message:
        "Counting twins in {wildcards.scenario}"
    script:
        "../../scripts/harm/count_twins.py"


rule compare_scenarios:
    """Deterioration per 1,000 clients by scenario, and how much of it therapy caused."""
    input:
        counts=expand("results/{{study}}/twins/{scenario}.parquet", scenario=CONFIG.scenarios),
        code=library("harm/compare_scenarios"),
    output:
        table="results/{study}/tables/scenarios.csv",
    log:
        "results/{study}/logs/compare_scenarios.log",
    benchmark:
        "results/{study}/benchmarks/compare_scenarios.tsv"
    params:
        scenarios=list(CONFIG.scenarios),
    message:
        "Comparing scenarios"
    script:
        "../../scripts/harm/compare_scenarios.py"


rule attribute:
    """One pair of orders in which the mechanisms of the full world are opened, for the same clients."""
    input:
        code=library("harm/attribute"),
    output:
        part="results/{study}/attribution/{pair}.parquet",
    log:
        "results/{study}/logs/attribute/{pair}.log",
    benchmark:
        "results/{study}/benchmarks/attribute/{pair}.tsv"
    params:
        full=scenario(CONFIG.attribution.full),
        design=plain(CONFIG.attribution.design),
        setup=SETUP,
    message:
        "Opening mechanisms one by one, pair {wildcards.pair}"
    script:
        "../../scripts/harm/attribute.py"


rule attribution:
    """What each mechanism causes alone, as the last one taken away, and on average over all orders."""
    input:
        parts=expand("results/{{study}}/attribution/{pair}.parquet", pair=range(CONFIG.attribution.pairs)),
        code=library("harm/attribution"),
    output:
        table="results/{study}/tables/attribution.csv",
    log:
        "results/{study}/logs/attribution.log",
    benchmark:
        "results/{study}/benchmarks/attribution.tsv"
    message:
        "Combining what each mechanism causes"
    script:
        "../../scripts/harm/attribution.py"


rule prevent:
    """One prevention (or several) against the world without it, twin by twin, in three readings of the evidence."""
    input:
        code=library("harm/prevent"),
    output:
        table="results/{study}/preventions/{scenario}.csv",
    log:
        "results/{study}/logs/prevent/{scenario}.log",
    benchmark:
        "results/{study}/benchmarks/prevent/{scenario}.tsv"
    params:
        scenario=scenario_of,
        against=scenario(CONFIG.preventions.against),
        design=plain(CONFIG.preventions.design),
        setup=SETUP,
    message:
        "What is averted in {wildcards.scenario}"
    script:
        "../../scripts/harm/prevent.py"


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
    message:
        "Gathering what preventions avert"
    script:
        "../../scripts/harm/preventions.py"


rule sensitivity:
    """Sensitivity analysis: the conclusions where assumed numbers take other values of their ranges."""
    input:
        code=library("harm/sensitivity"),
    output:
        table="results/{study}/tables/sensitivity.csv",
    log:
        "results/{study}/logs/sensitivity.log",
    benchmark:
        "results/{study}/benchmarks/sensitivity.tsv"
    params:
        asked=CONFIG.sensitivity.conclusions,
        worlds={
            "base": scenario(STUDY.base),
            "full": scenario(CONFIG.sensitivity.full),
            "prevented": scenario(CONFIG.sensitivity.prevented),
        },
        draws=CONFIG.sensitivity.draws,
        design=plain(CONFIG.sensitivity.design),
        setup=SETUP,
    message:
        "Sensitivity analysis: moving assumed numbers through their ranges"
    script:
        "../../scripts/harm/sensitivity.py"
