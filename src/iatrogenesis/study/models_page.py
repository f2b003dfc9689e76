"""The page about all models, written from their modules and the default study's priors.

Run as a module (``python -m iatrogenesis.study.study.models_page config docs/models.md``) it writes the page.
"""

import sys
from collections.abc import Mapping
from pathlib import Path

from iatrogenesis.core.files import write_text
from iatrogenesis.inference.models import COLLAPSED_MODELS, MODELS, sections
from iatrogenesis.inference.models.by_name import model
from iatrogenesis.report.inputs import priors as prior_table
from iatrogenesis.report.page import family_member
from iatrogenesis.study.study import load_study

HEAD = """# The models

Written by `make docs` from the modules in `src/iatrogenesis/inference/models` and the priors in
`config/default.yaml`. Every module says its model twice: as a PyMC model (`build`) and run forwards in plain NumPy
(`prior_point`, `replicate`); simulation-based calibration (`tables/sbc.csv`) holds the two to each other.

![Prior and posterior predictive checks](../results/reference/predictive.png)

What each model expects of the data before (pale) and after (blue) seeing them, for one simulated service year of the
default study. Units and covariates: `src/iatrogenesis/inference/data/covariates.py`. Estimands:
`src/iatrogenesis/inference/answers/estimands.py`.

| model | question | engines | data |
|---|---|---|---|
"""


def page(settings: Mapping[str, Mapping]) -> str:
    """The whole page as Markdown; `settings`: a study's priors."""
    members = [family_member(name) for name in MODELS]
    lines = [
        f"| [{one['name']}](#{one['name']}) | {one['question']} | {_engines(one['name'])} "
        f"| {', '.join(model(one['name']).TABLES)} |"
        for one in members
    ]
    return HEAD + "\n".join(lines) + "\n\n" + "\n".join(_about(member, settings) for member in members)


def _engines(name: str) -> str:
    return "collapsed, nuts" if name in COLLAPSED_MODELS else "nuts"


def _about(member: Mapping[str, str], settings: Mapping[str, Mapping]) -> str:
    module = model(member["name"])
    equations = "\n".join(f"    {line}" if line else "" for line in member["equations"].splitlines())
    parameters = [f"`{name}`" + (f" ({dim})" if dim else "") for name, (dim, _) in module.PARAMETERS.items()]
    rows = prior_table({name: settings[name] for name in sections(member["name"])}).rows
    parts = [
        f"## {member['name']}\n",
        f"{member['title'][0].upper()}{member['title'][1:]} *{member['question']}*\n",
        f"{equations}\n",
        f"{member['words']}\n" if member["words"] else "",
        f"Covariates: {', '.join(f'`{name}`' for name in module.COVARIATES) or 'none'}. "
        f"Parameters, with their dimension: {', '.join(parameters)}.\n",
        "| parameter | prior | why |",
        "|---|---|---|",
        *(f"| {' | '.join(row)} |" for row in rows),
        "",
    ]
    return "\n".join(part for part in parts if part or part == "")


def main(config: str, target: str) -> None:
    """Write the page."""
    study = load_study(Path(config) / "default.yaml", Path(config))
    write_text(page(study.config.fit.priors.model_dump(mode="json")), target)


if __name__ == "__main__":
    main(*sys.argv[1:])
