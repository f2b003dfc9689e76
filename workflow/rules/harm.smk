"""What routes of harm cause and what preventions avert, by counterfactual twins.

REQUIRED INPUTS:
    scenarios (in `params`, merged)
OUTPUTS:
    results/{study}/twins/{scenario}.parquet, results/{study}/attribution/
    results/{study}/tables/{scenarios,attribution,preventions,sensitivity}.csv
"""


rule count_twins:
    """Many clients through every scenario and the reference world: who gets worse only in one of them."""
    input:
        code=library("harm/count_twins"),
    output:
        counts=expand("results/{{study}}/twins/{scenario}.parquet", scenario=CONFIG.scenarios),
    log:
        "results/{study}/logs/count_twins.log",
    benchmark:
        "results/{study}/benchmarks/count_twins.tsv"
    params:
        worlds=[scenario(name) for name in CONFIG.scenarios],
        reference=scenario(CONFIG.reference),
        design=plain(CONFIG.count_twins),
        setup=SETUP,
    message:
        "Counting twins in every scenario"
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


for pairs in shared_out(range(CONFIG.attribution.pairs), 4):

    rule:
        """Some pairs of orders in which the mechanisms of the full world are opened, for the same clients."""
        name:
            f"attribute_{pairs[0]}"
        input:
            code=library("harm/attribute"),
        output:
            parts=[result(f"attribution/{pair}.parquet") for pair in pairs],
        log:
            result(f"logs/attribute/{pairs[0]}.log"),
        benchmark:
            result(f"benchmarks/attribute/{pairs[0]}.tsv")
        params:
            pairs=pairs,
            full=scenario(CONFIG.attribution.full),
            design=plain(CONFIG.attribution.design),
            setup=SETUP,
        message:
            "Opening mechanisms one by one, pairs {params.pairs}"
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


rule preventions:
    """What every prevention averts and costs, twin by twin, in three readings of the evidence."""
    input:
        code=library("harm/preventions"),
    output:
        table="results/{study}/tables/preventions.csv",
    log:
        "results/{study}/logs/preventions.log",
    benchmark:
        "results/{study}/benchmarks/preventions.tsv"
    params:
        scenarios=[scenario(name) for name in CONFIG.preventions.scenarios],
        against=scenario(CONFIG.preventions.against),
        design=plain(CONFIG.preventions.design),
        setup=SETUP,
    message:
        f"What preventions avert: {', '.join(CONFIG.preventions.scenarios)}"
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
