"""What routes of harm cause and what preventions avert, by counterfactual twins.

REQUIRED INPUTS:
    scenarios (in `params`, merged)
OUTPUTS:
    results/{study}/twins/{scenario}.parquet, results/{study}/twins/preventions/by_service.parquet, results/{study}/attribution/
    results/{study}/tables/{scenarios,attribution,preventions,second_episodes}.csv,
    results/{study}/tables/{members,conclusions,drivers,next_studies,what_if_ranges}.csv
"""


rule count_twins:
    """Many clients through every scenario and the reference world: who gets worse only in one of them."""
    input:
        code=library("harm/count_twins"),
    output:
        counts=expand("<results>/{{study}}/twins/{scenario}.parquet", scenario=CONFIG.scenarios),
    log:
        "<results>/{study}/logs/count_twins.log",
    benchmark:
        "<results>/{study}/benchmarks/count_twins.tsv"
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
        counts=expand("<results>/{{study}}/twins/{scenario}.parquet", scenario=CONFIG.scenarios),
        code=library("harm/compare_scenarios"),
    output:
        table="<results>/{study}/tables/scenarios.csv",
    log:
        "<results>/{study}/logs/compare_scenarios.log",
    benchmark:
        "<results>/{study}/benchmarks/compare_scenarios.tsv"
    group:
        "tables"
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
        parts=expand("<results>/{{study}}/attribution/{pair}.parquet", pair=range(CONFIG.attribution.pairs)),
        code=library("harm/attribution"),
    output:
        table="<results>/{study}/tables/attribution.csv",
    log:
        "<results>/{study}/logs/attribution.log",
    benchmark:
        "<results>/{study}/benchmarks/attribution.tsv"
    group:
        "tables"
    message:
        "Combining what each mechanism causes"
    script:
        "../../scripts/harm/attribution.py"


rule preventions:
    """What every prevention averts and costs, twin by twin, in three readings of the evidence."""
    input:
        code=library("harm/preventions"),
    output:
        table="<results>/{study}/tables/preventions.csv",
        services="<results>/{study}/twins/preventions/by_service.parquet",
    log:
        "<results>/{study}/logs/preventions.log",
    benchmark:
        "<results>/{study}/benchmarks/preventions.tsv"
    params:
        scenarios=[scenario(name) for name in CONFIG.preventions.scenarios],
        against=scenario(CONFIG.preventions.against),
        design=plain(CONFIG.preventions.design),
        setup=SETUP,
    message:
        f"What preventions avert: {', '.join(CONFIG.preventions.scenarios)}"
    script:
        "../../scripts/harm/preventions.py"


rule second_episodes:
    """Who comes back, who stays away because of which route, and how the second course goes; ranges over worlds."""
    input:
        ensemble=source("config/ensemble.csv"),
        code=library("harm/second_episodes"),
    output:
        table="<results>/{study}/tables/second_episodes.csv",
    log:
        "<results>/{study}/logs/second_episodes.log",
    benchmark:
        "<results>/{study}/benchmarks/second_episodes.tsv"
    threads: 2
    params:
        scenarios={"routine_care": scenario(STUDY.routine_care), "prevented": scenario(CONFIG.conclusions.prevented)},
        associations={name: plain(one) for name, one in STUDY.associations.items()},
        design=plain(CONFIG.count_twins),
        over=plain(CONFIG.second_episodes),
        setup=SETUP,
    message:
        "Two episodes of the same clients"
    script:
        "../../scripts/harm/second_episodes.py"


rule conclusions:
    """The conclusions in every plausible world: their ranges, what drives them, which study would narrow them."""
    input:
        ensemble=source("config/ensemble.csv"),
        code=library("harm/conclusions"),
    output:
        members="<results>/{study}/tables/members.csv",
        conclusions="<results>/{study}/tables/conclusions.csv",
        drivers="<results>/{study}/tables/drivers.csv",
        next_studies="<results>/{study}/tables/next_studies.csv",
    log:
        "<results>/{study}/logs/conclusions.log",
    benchmark:
        "<results>/{study}/benchmarks/conclusions.tsv"
    threads: 2
    params:
        scenarios={
            "routine_care": scenario(STUDY.routine_care),
            "prevented": scenario(CONFIG.conclusions.prevented),
            "rested": scenario(CONFIG.what_if.rested),
        },
        associations={name: plain(one) for name, one in STUDY.associations.items()},
        feasible={unit: plain(one) for unit, one in STUDY.feasible.items()},
        members=CONFIG.conclusions.members,
        each=CONFIG.conclusions.each,
        design=plain(CONFIG.conclusions.design),
        setup=SETUP,
    message:
        "Conclusions in {params.members} plausible worlds"
    script:
        "../../scripts/harm/conclusions.py"


rule what_if_ranges:
    """What lower burnout or limited caseloads would avert in every plausible world, however clients are allotted."""
    input:
        ensemble=source("config/ensemble.csv"),
        what_if="<results>/{study}/tables/what_if.csv",
        code=library("harm/what_if_ranges"),
    output:
        table="<results>/{study}/tables/what_if_ranges.csv",
    log:
        "<results>/{study}/logs/what_if_ranges.log",
    benchmark:
        "<results>/{study}/benchmarks/what_if_ranges.tsv"
    threads: 2
    params:
        worlds={name: plain(world) for name, world in STUDY.what_if_worlds.items()},
        prevented=scenario(CONFIG.conclusions.prevented),
        associations={name: plain(one) for name, one in STUDY.associations.items()},
        settings=plain(CONFIG.what_if),
        over=plain(CONFIG.what_if_ranges),
        setup=SETUP,
    message:
        f"What would happen if, in {CONFIG.what_if_ranges.members} plausible worlds"
    script:
        "../../scripts/harm/what_if_ranges.py"
