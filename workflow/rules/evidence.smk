"""Published patterns beside simulated ones, and the search for the simulator's free parameters.

REQUIRED INPUTS:
    config/evidence.csv, config/references.bib, scenarios (in `params`, merged)
OUTPUTS:
    results/{study}/tables/evidence.csv, results/{study}/calibration/
"""


rule evidence:
    """Each published pattern beside the simulated one."""
    input:
        evidence="config/evidence.csv",
        references="config/references.bib",
        code=library("evidence/evidence"),
    output:
        table=report(
            "results/{study}/tables/evidence.csv",
            caption="../report/evidence.rst",
            category="Tables",
            labels={"table": "evidence"},
        ),
    log:
        "results/{study}/logs/evidence.log",
    benchmark:
        "results/{study}/benchmarks/evidence.tsv"
    params:
        worlds={
            "treated": scenario(STUDY.base),
            "untreated": scenario(CONFIG.untreated),
            "reference": scenario(CONFIG.reference),
            "monitoring": scenario(CONFIG.monitoring),
        },
        designs={"year": plain(CONFIG.evidence), "years": plain(CONFIG.evidence_years)},
        setup=SETUP,
    message:
        "Comparing the simulated world with the published one"
    script:
        "../../scripts/evidence/evidence.py"


rule calibrate:
    """Find the simulator's free parameters anew (not part of a report; the found values are committed)."""
    input:
        scenario="config/scenarios/base.yaml",
        mechanisms=[f"config/mechanisms/{mechanism.kind}.yaml" for mechanism in STUDY.catalogue["base"].mechanisms],
        evidence="config/evidence.csv",
        references="config/references.bib",
        code=library("evidence/calibrate"),
    output:
        **{
            mechanism.kind: result(f"calibration/mechanisms/{mechanism.kind}.yaml")
            for mechanism in STUDY.catalogue["base"].mechanisms
        },
        parameters=result("calibration/parameters.csv"),
        patterns=result("calibration/patterns.csv"),
        sensitivity=result("calibration/sensitivity.csv"),
        scenario=result("calibration/scenarios/base.yaml"),
    log:
        result("logs/calibrate.log"),
    benchmark:
        result("benchmarks/calibrate.tsv")
    params:
        base=scenario("base"),
        design=plain(CONFIG.calibrate),
        setup=SETUP,
    message:
        "Calibrating: simulated moments against the published patterns"
    script:
        "../../scripts/evidence/calibrate.py"
