"""Ask how far unseen scores at the end would have to be moved to change what is concluded in routine care."""

from iatrogenesis.core.files import read_parquet, write_csv
from iatrogenesis.inference.answers.missing_last_scores import table
from iatrogenesis.inference.data.courses import from_courses
from iatrogenesis.inference.models.growth import COVARIATES
from iatrogenesis.inference.models.priors import Priors
from iatrogenesis.verification.records import recorded
from iatrogenesis.world.setup import Setup


def main(clients: str, sessions: str, routine_care: str, priors: dict, setup: dict, table_path: str) -> None:
    """Write one row per reading of who is unseen, and delta."""
    setup = Setup.model_validate(setup)
    instruments = setup.judgement.instruments
    courses = from_courses(read_parquet(sessions), read_parquet(clients), COVARIATES, instruments, dataset=routine_care)
    found = table(courses, setup.judgement, setup.instruments, Priors.model_validate(priors), setup.seed)
    write_csv(found, table_path)
    print(f"{len(courses.sessions):,} courses, {int(found['unseen'].max()):,} of them without a score at their end")


if __name__ == "__main__":
    with recorded(snakemake):
        main(
            clients=snakemake.input.clients,
            sessions=snakemake.input.sessions,
            routine_care=snakemake.params.routine_care,
            priors=snakemake.params.priors,
            setup=snakemake.params.setup,
            table_path=snakemake.output.table,
        )
