"""Work out the numbers of the statistical cells in members of the ensemble."""

from pathlib import Path

import yaml

from iatrogenesis.core.files import write_text
from iatrogenesis.core.yaml_text import read_yaml
from iatrogenesis.evidence.unknowns import Unknowns
from iatrogenesis.simulation_study.nearest_model import nearest, records_of
from iatrogenesis.simulation_study.worlds import in_world, plausible
from iatrogenesis.verification.records import recorded
from iatrogenesis.world.cohort import Design
from iatrogenesis.world.scenarios import Scenario
from iatrogenesis.world.setup import Setup
from iatrogenesis.world.tidy import clients_table

HEAD = """# The statistical cells of the simulation study (family A): what the plausible worlds say of them.
# Those of status `ensemble` are written by `make statistical-world`; see docs/ADEMP.md.
"""


def main(
    ensemble_path: str, numbers_path: str, scenarios: list[dict], associations: dict, members: int, design: dict,
    setup: dict, path: str,
) -> None:  # fmt: skip
    """Write the file anew: what is of the ensemble replaced, all else kept."""
    setup, design = Setup.model_validate(setup).apart("statistical world"), Design.model_validate(design)
    routine, everything = (Scenario.model_validate(one) for one in scenarios)
    unknowns = Unknowns([routine, everything], setup.judgement.instruments, associations)
    found = []
    for number, world in enumerate(plausible(Path(ensemble_path), unknowns, members)):
        block = range(number * design.replicates, (number + 1) * design.replicates)
        run = setup.run(in_world(routine, world), design, replicates=block)
        # Therapists of all replicates carry ids of their own, so together they are one very large set.
        found.append(nearest(clients_table(run, setup.instruments, setup.judgement).assign(replicate=0)))
        print(f"world {number + 1} of {members}: {found[-1]}", flush=True)
    content = read_yaml(Path(numbers_path))
    new = records_of(found)
    kept = {name: one for name, one in content.items() if name != "coefficients" and one["status"] != "ensemble"}
    lines = [_line(name, one) for name, one in new.items() if "." not in name]
    lines += ["coefficients:"]
    lines += [_line(f"  {name.partition('.')[2]}", one) for name, one in new.items() if "." in name]
    lines += [_line(name, one) for name, one in kept.items()]
    write_text(HEAD + "\n".join(lines) + "\n", path)


def _line(name: str, record: dict) -> str:
    text = yaml.safe_dump(record, default_flow_style=True, sort_keys=False, width=10_000, allow_unicode=True)
    return f"{name}: {text.strip()}"


if __name__ == "__main__":
    with recorded(snakemake):
        main(
            ensemble_path=snakemake.input.ensemble,
            numbers_path=snakemake.input.numbers,
            scenarios=snakemake.params.scenarios,
            associations=snakemake.params.associations,
            members=snakemake.params.members,
            design=snakemake.params.design,
            setup=snakemake.params.setup,
            path=snakemake.output.numbers,
        )
