"""Published patterns beside simulated ones, and the search for the simulator's free parameters.

REQUIRED INPUTS:
    config/evidence.csv, config/population.csv, config/references.bib, scenarios (in `params`, merged)
OUTPUTS:
    results/{study}/tables/{evidence,population,client_flow}.csv, results/{study}/calibration/
"""


rule evidence:
    """Each published pattern beside the simulated one."""
    input:
        evidence=source("config/evidence.csv"),
        references=source("config/references.bib"),
        code=library("evidence/evidence"),
    output:
        table=report(
            "<results>/{study}/tables/evidence.csv",
            caption="../report/evidence.rst",
            category="Tables",
            labels={"table": "evidence"},
        ),
    log:
        "<results>/{study}/logs/evidence.log",
    benchmark:
        "<results>/{study}/benchmarks/evidence.tsv"
    params:
        worlds={
            "treated": scenario(STUDY.routine_care),
            "untreated": scenario(CONFIG.untreated),
            "reference": scenario(CONFIG.reference),
            "monitored": scenario(CONFIG.monitoring),
        },
        designs={"year": plain(CONFIG.evidence), "years": plain(CONFIG.evidence_years)},
        setup=SETUP,
    message:
        "Comparing the simulated world with the published one"
    script:
        "../../scripts/evidence/evidence.py"


rule population:
    """Table 1, the simulated population beside the published one; and the flow of its clients from step to step."""
    input:
        evidence="<results>/{study}/tables/evidence.csv",
        population=source("config/population.csv"),
        references=source("config/references.bib"),
        code=library("evidence/population"),
    output:
        population="<results>/{study}/tables/population.csv",
        flow="<results>/{study}/tables/client_flow.csv",
    log:
        "<results>/{study}/logs/population.log",
    benchmark:
        "<results>/{study}/benchmarks/population.tsv"
    params:
        world=scenario(STUDY.routine_care),
        design=plain(CONFIG.count_twins),
        setup=SETUP,
    message:
        "Describing the simulated population"
    script:
        "../../scripts/evidence/population.py"


BASIS = {
    "worlds": {
        "treated": scenario(STUDY.routine_care),
        "untreated": scenario(CONFIG.untreated),
        "monitored": scenario(CONFIG.monitoring),
        "prevented": scenario(CONFIG.conclusions.prevented),
    },
    "associations": {name: plain(one) for name, one in STUDY.associations.items()},
    "setup": SETUP,
}


rule calibrate:
    """Find the plausible worlds and their centre anew (not part of a report; what was found is committed)."""
    input:
        scenario=source("config/scenarios/routine_care.yaml"),
        evidence=source("config/evidence.csv"),
        references=source("config/references.bib"),
        code=library("evidence/calibrate"),
    output:
        ensemble=result("calibration/ensemble.csv"),
        unknowns=result("calibration/unknowns.csv"),
        patterns=result("calibration/patterns.csv"),
        centre=directory(result("calibration/centre")),
    log:
        result("logs/calibrate.log"),
    benchmark:
        result("benchmarks/calibrate.tsv")
    threads: 64  # as many as there are; Snakemake lowers it
    params:
        basis=BASIS | {"design": plain(CONFIG.calibrate.design)},
        search={
            "members": CONFIG.calibrate.members,
            "steps": CONFIG.calibrate.steps,
            "seed": CONFIG.seed,
        },
    message:
        "Calibrating: an ensemble of worlds, moved to the published patterns"
    script:
        "../../scripts/evidence/calibrate.py"


rule trials:
    """Try the calibration out: groups of patterns left out and predicted, known truths found again (not in a report)."""
    input:
        evidence=source("config/evidence.csv"),
        references=source("config/references.bib"),
        code=library("evidence/trials"),
    output:
        weighed=result("calibration/weighed.csv"),
        left_out=result("calibration/predicted_groups.csv"),
        known_truths=result("calibration/known_truths.csv"),
    log:
        result("logs/trials.log"),
    benchmark:
        result("benchmarks/trials.tsv")
    threads: 64  # as many as there are; Snakemake lowers it
    params:
        basis=BASIS | {"design": plain(CONFIG.calibrate.trial.design)},
        rested=scenario(CONFIG.what_if.rested),
        search={
            "members": CONFIG.calibrate.trial.members,
            "steps": CONFIG.calibrate.trial.steps,
            "seed": CONFIG.seed,
        },
        truths=CONFIG.calibrate.trial.truths,
    message:
        "Trying the calibration out"
    script:
        "../../scripts/evidence/trials.py"
