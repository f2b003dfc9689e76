"""Render the report from numbers, tables and figures."""

import json
from importlib import import_module
from pathlib import Path

import pandas as pd

from iatrogenesis.data.files import read_csv, write_text
from iatrogenesis.data.logs import logged
from iatrogenesis.report.references import formatted
from iatrogenesis.report.render import data_uri, html_table, render
from iatrogenesis.scenarios import Scenario
from iatrogenesis.sources import records


def main(paths: dict[str, str], figures: dict[str, str], about: dict, base: dict, output: str) -> None:
    """Write the page."""
    scenario = Scenario.model_validate(base)
    drawn = []
    for name, path in figures.items():
        module = import_module(f"iatrogenesis.figures.{name}")
        uri = data_uri(Path(path).read_bytes())
        drawn.append({"name": name, "uri": uri, "alt": module.ALT, "caption": module.CAPTION})
    t = {name: read_csv(path) for name, path in paths.items() if path.endswith(".csv")}
    effects = t["therapist_effects"]
    services = effects[effects["dataset"].str.startswith("nhs-") & (effects["estimand"] == "therapist_sd")]
    parameters = [{"parameter": path} | record.model_dump() for path, record in records(scenario).items()]
    columns = ["parameter", "value", "unit", "status", "low", "high", "cite", "where", "certainty", "note"]
    chosen = t["performance"][t["performance"]["measure"].isin(["bias", "coverage", "rmse", "not_passed"])]
    tables = {
        "evidence": t["evidence"].drop(columns=["note", "where"]),
        "scenarios": t["scenarios"][["scenario", "label", "value", "mcse", "low", "high"]],
        "effects": effects.drop(columns=["sd"]),
        "services": services[["dataset", "estimate", "low", "high", "mcse"]],
        "performance": chosen,
        "diagnostics": t["diagnostics"].drop(columns=["pareto_k", "engine"]),
        "parameters": pd.DataFrame(parameters)[columns],
    }
    numbers = json.loads(Path(paths["numbers"]).read_text(encoding="utf-8"))
    harmful = [name for name in about["scenarios"] if name != scenario.id]
    about = about | {
        "base": scenario.id,
        "harmful": harmful[-1] if harmful else "",
        "harmful_title": about["scenarios"][harmful[-1]] if harmful else "",
        "services": len(services) > 0,
        "references": formatted(Path(paths["references"])),
    }
    write_text(render(numbers, drawn, {name: html_table(table) for name, table in tables.items()}, about), output)


if __name__ == "__main__":
    with logged(snakemake.log[0]):
        main(
            paths={n: str(p) for n, p in snakemake.input.items() if n not in ("code", "figures", "template")},
            figures=dict(zip(snakemake.params.figures, snakemake.input.figures, strict=True)),
            about={
                "study": snakemake.wildcards.study,
                "scenarios": snakemake.params.scenarios,
                "priors": {name: prior["reason"] for name, prior in snakemake.params.priors.items()},
                "commit": snakemake.params.commit,
            },
            base=snakemake.params.base,
            output=snakemake.output.report,
        )
