"""What makes results worth trusting: scripts that work each claim out again, and the list of all files.

OUTPUTS:
    results/{study}/recompute/{claim}.py, results/{study}/{SHA256SUMS,manifest.csv}
"""


rule recompute:
    """Write for each claim a script that works its number out again, with pandas and numpy alone."""
    input:
        numbers="<results>/{study}/tables/numbers.json",
        code=library("verification/recompute"),
    output:
        folder=directory("<results>/{study}/recompute"),
    log:
        "<results>/{study}/logs/recompute.log",
    group:
        "pages"
    params:
        claims={name: plain(claim) for name, claim in STUDY.claims.items()},
    message:
        "Writing a script for each claim"
    script:
        "../../scripts/verification/recompute.py"


rule manifest:
    """List every result with its checksum and what made it, when all else is there and fits together."""
    input:
        results=EVERYTHING,
        recompute="<results>/{study}/recompute",
        code=library("verification/manifest"),
    output:
        sums="<results>/{study}/SHA256SUMS",
        manifest="<results>/{study}/manifest.csv",
    log:
        "<results>/{study}/logs/manifest.log",
    group:
        "pages"
    params:
        kept=workflow.storage_settings.default_storage_provider is None,
    message:
        "Listing every result with its checksum"
    script:
        "../../scripts/verification/manifest.py"
