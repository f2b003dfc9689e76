"""Find the free parameters by simulated moments; write them, the fit, and the scenario file with the new values."""

from pathlib import Path

from iatrogenesis.core.files import write_csv, write_text
from iatrogenesis.core.logs import logged
from iatrogenesis.core.sources import bibliography_keys
from iatrogenesis.evidence.calibration import calibrate, write_back
from iatrogenesis.evidence.counterparts import Counterparts
from iatrogenesis.evidence.published import read_evidence
from iatrogenesis.world.cohort import Design
from iatrogenesis.world.scenarios import Scenario
from iatrogenesis.world.setup import Setup


def main(paths: dict[str, str], base: dict, design: dict, setup: dict, output: dict[str, str]) -> None:
    """Calibrate and write; the committed scenario is left for a person to replace."""
    setup, design, scenario = (
        Setup.model_validate(setup).apart("calibrate"),
        Design.model_validate(design),
        Scenario.model_validate(base),
    )
    published = read_evidence(Path(paths["evidence"]), bibliography_keys(Path(paths["references"])))

    def simulate(changed: Scenario) -> Counterparts:
        without = changed.model_copy(update={"treated": False, "mechanisms": ()})
        return Counterparts(setup.sample(changed, design), setup.sample(without, design))

    kinds = [mechanism.kind for mechanism in scenario.mechanisms]
    found = calibrate(scenario, published, simulate)
    write_csv(found.parameters, output["parameters"])
    write_csv(found.patterns, output["patterns"])
    write_csv(found.sensitivity.reset_index(names="pattern"), output["sensitivity"])
    files = {"": Path(paths["scenario"])}
    files |= {f"mechanisms.{kind}": Path(f"config/mechanisms/{kind}.yaml") for kind in kinds}
    texts = write_back({part: file.read_text(encoding="utf-8") for part, file in files.items()}, found.parameters)
    for part, text in texts.items():
        write_text(text, output[part.removeprefix("mechanisms.") or "scenario"])
    print("Compare the files written with those of the same name in config/, and copy them there if the fit is better.")


if __name__ == "__main__":
    with logged(snakemake.log[0]):
        main(
            paths=dict(snakemake.input.items()),
            base=snakemake.params.base,
            design=snakemake.params.design,
            setup=snakemake.params.setup,
            output=dict(snakemake.output.items()),
        )
