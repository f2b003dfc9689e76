"""Simulated clients with known truth.

REQUIRED INPUTS:
    scenarios (in `params`, merged)
OUTPUTS:
    results/{study}/simulated/{scenario}/{clients,sessions,therapists,therapist_weeks}.parquet,
    results/{study}/tables/causal_arrows.csv
"""


rule simulate:
    """One scenario: clients, sessions, therapists, weeks; and what the reference world would have given each client."""
    input:
        code=library("world/simulate"),
    output:
        clients="<results>/{study}/simulated/{scenario}/clients.parquet",
        sessions="<results>/{study}/simulated/{scenario}/sessions.parquet",
        therapists="<results>/{study}/simulated/{scenario}/therapists.parquet",
        therapist_weeks="<results>/{study}/simulated/{scenario}/therapist_weeks.parquet",
    log:
        "<results>/{study}/logs/simulate/{scenario}.log",
    benchmark:
        "<results>/{study}/benchmarks/simulate/{scenario}.tsv"
    group:
        "simulated"
    params:
        scenario=scenario_of,
        reference=scenario(CONFIG.reference),
        design=plain(CONFIG.simulate),
        setup=SETUP,
    message:
        "Simulating {wildcards.scenario} and each client's twin"
    script:
        "../../scripts/world/simulate.py"


rule causal_arrows:
    """What causes what in the simulated world with every prevention, and what the strength of each arrow rests on."""
    input:
        code=library("world/causal_arrows"),
    output:
        table="<results>/{study}/tables/causal_arrows.csv",
    log:
        "<results>/{study}/logs/causal_arrows.log",
    benchmark:
        "<results>/{study}/benchmarks/causal_arrows.tsv"
    group:
        "tables"
    params:
        world=scenario(CONFIG.conclusions.prevented),
    message:
        "Listing what causes what"
    script:
        "../../scripts/world/causal_arrows.py"
