"""The command line: ``iatrogenesis plan`` and others, or ``python -m iatrogenesis.cli plan``."""

from iatrogenesis.core.extras import missing

try:
    import click
except ModuleNotFoundError as error:
    raise missing("inference", error) from None

from iatrogenesis.cli_export import export
from iatrogenesis.cli_own import analyse, check, init
from iatrogenesis.cli_plan import plan


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="iatrogenesis")
def main() -> None:
    """Harm by psychotherapy: what a service's own data show, and what they can."""


for command in (init, check, analyse, export, plan):
    main.add_command(command)

if __name__ == "__main__":
    main(prog_name="iatrogenesis")
