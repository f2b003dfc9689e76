"""The explorer: a page that simulates; some settings for a table, ranges over plausible worlds, and courses to follow.

OUTPUTS:
    results/{study}/explorer/settings.parquet
    results/{study}/tables/{explorer,explorer_ranges,explorer_courses}.csv,
    results/{study}/{explorer,planner}.html
"""

EXPLORED = {
    "explorer": plain(CONFIG.explorer),
    "world": scenario(CONFIG.explorer.world),
    "prevented": scenario(CONFIG.explorer.prevented),
    "reference": scenario(CONFIG.reference),
    "setup": SETUP,
}


rule explorer_settings:
    """Simulate the settings of which the explorer's table tells, all on the clients of its page."""
    input:
        code=library("explorer/explorer_settings"),
    output:
        measures="<results>/{study}/explorer/settings.parquet",
        table=report(
            "<results>/{study}/tables/explorer.csv",
            caption="../report/explorer.rst",
            category="Tables",
            labels={"table": "explorer"},
        ),
    log:
        "<results>/{study}/logs/explorer_settings.log",
    benchmark:
        "<results>/{study}/benchmarks/explorer_settings.tsv"
    group:
        "explorer"
    params:
        **EXPLORED,
    message:
        "Simulating settings of the explorer"
    script:
        "../../scripts/explorer/explorer_settings.py"


rule explorer_ranges:
    """Simulate some plausible worlds at few settings: how far they lie from the world that the explorer shows."""
    input:
        ensemble=source("config/ensemble.csv"),
        code=library("explorer/explorer_ranges"),
    output:
        table="<results>/{study}/tables/explorer_ranges.csv",
    log:
        "<results>/{study}/logs/explorer_ranges.log",
    benchmark:
        "<results>/{study}/benchmarks/explorer_ranges.tsv"
    threads: 2
    params:
        **EXPLORED,
        calibrated=[scenario(STUDY.routine_care), scenario(CONFIG.conclusions.prevented)],
        associations={name: plain(one) for name, one in STUDY.associations.items()},
    message:
        f"The explorer in {CONFIG.explorer.members} plausible worlds"
    script:
        "../../scripts/explorer/explorer_ranges.py"


rule explorer_courses:
    """Follow some clients week by week, each in several worlds and with a twin whom nothing harms."""
    input:
        code=library("explorer/explorer_courses"),
    output:
        table="<results>/{study}/tables/explorer_courses.csv",
    log:
        "<results>/{study}/logs/explorer_courses.log",
    benchmark:
        "<results>/{study}/benchmarks/explorer_courses.tsv"
    group:
        "explorer"
    params:
        **EXPLORED,
    message:
        "Following some clients and their twins"
    script:
        "../../scripts/explorer/explorer_courses.py"


rule explorer_page:
    """Write the explorer, one page that needs nothing else."""
    input:
        measures="<results>/{study}/explorer/settings.parquet",
        preventions="<results>/{study}/tables/preventions.csv",
        ranges="<results>/{study}/tables/explorer_ranges.csv",
        courses="<results>/{study}/tables/explorer_courses.csv",
        code=library("explorer/explorer_page"),
    output:
        page=report(
            "<results>/{study}/explorer.html",
            caption="../report/explorer_page.rst",
            category="Pages",
            labels={"page": "explorer"},
        ),
    log:
        "<results>/{study}/logs/explorer_page.log",
    benchmark:
        "<results>/{study}/benchmarks/explorer_page.tsv"
    group:
        "pages"
    params:
        **EXPLORED,
        words=plain(STUDY.words),
        averting=STUDY.averting,
        published=STUDY.published_deterioration,
        instrument=STUDY.judged_by[0],
        commit=git_commit(ROOT),
    message:
        "Writing {output.page}"
    script:
        "../../scripts/explorer/explorer_page.py"


rule planner_page:
    """Write the planning page, whose surface is fitted to simulated plans (`make planning-points`)."""
    input:
        points=source("config/planning_points.csv"),
        usual=[
            source("config/default.yaml"),
            source("config/evidence.csv"),
            source("config/references.bib"),
            source("config/statistical_world.yaml"),
            source("config/scenarios/routine_care.yaml"),
        ],
        code=library("explorer/planner_page"),
    output:
        page=report(
            "<results>/{study}/planner.html",
            caption="../report/planner_page.rst",
            category="Pages",
            labels={"page": "planner"},
        ),
    log:
        "<results>/{study}/logs/planner_page.log",
    benchmark:
        "<results>/{study}/benchmarks/planner_page.tsv"
    group:
        "pages"
    params:
        commit=git_commit(ROOT),
    message:
        "Writing {output.page}"
    script:
        "../../scripts/explorer/planner_page.py"
