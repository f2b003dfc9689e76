"""The explorer: settings simulated in parts, put together, checked at random places, and made a page.

OUTPUTS:
    results/{study}/explorer/{parts/{part}.parquet,settings.parquet}
    results/{study}/tables/{explorer,explorer_check,explorer_ranges,explorer_courses}.csv,
    results/{study}/{explorer,planner}.html
"""

EXPLORED = {
    "explorer": plain(CONFIG.explorer),
    "world": scenario(CONFIG.explorer.world),
    "prevented": scenario(CONFIG.explorer.prevented),
    "reference": scenario(CONFIG.reference),
    "setup": SETUP,
}


rule explorer_part:
    """Simulate some of the explorer's settings, all on the same clients."""
    input:
        code=library("explorer/explorer_part"),
    output:
        part="<results>/{study}/explorer/parts/{part}.parquet",
    log:
        "<results>/{study}/logs/explorer_part/{part}.log",
    benchmark:
        "<results>/{study}/benchmarks/explorer_part/{part}.tsv"
    threads: 1
    params:
        **EXPLORED,
    message:
        "Simulating the explorer's settings, part {wildcards.part}"
    script:
        "../../scripts/explorer/explorer_part.py"


rule explorer_settings:
    """All settings of the explorer together."""
    input:
        parts=[result(f"explorer/parts/{part}.parquet") for part in range(CONFIG.explorer.parts)],
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
        explorer=EXPLORED["explorer"],
        world=EXPLORED["world"],
    message:
        "Putting the explorer's settings together"
    script:
        "../../scripts/explorer/explorer_settings.py"


rule explorer_check:
    """Simulate random settings and hold them beside what the page says about them."""
    input:
        measures="<results>/{study}/explorer/settings.parquet",
        code=library("explorer/explorer_check"),
    output:
        table="<results>/{study}/tables/explorer_check.csv",
    log:
        "<results>/{study}/logs/explorer_check.log",
    benchmark:
        "<results>/{study}/benchmarks/explorer_check.tsv"
    group:
        "explorer"
    params:
        **EXPLORED,
    message:
        "Checking what the explorer says between its settings"
    script:
        "../../scripts/explorer/explorer_check.py"


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
        check="<results>/{study}/tables/explorer_check.csv",
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
        explorer=EXPLORED["explorer"],
        world=EXPLORED["world"],
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
