"""``iatrogenesis plan``: what so many therapists, clients and years can show."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from pydantic import ValidationError

from iatrogenesis.cli_print import say, table
from iatrogenesis.core.files import write_csv
from iatrogenesis.core.resources import config_folder

if TYPE_CHECKING:
    from iatrogenesis.planning.assurance import SpreadRange
    from iatrogenesis.planning.costs import Costs
    from iatrogenesis.planning.plan import Numbers
    from iatrogenesis.planning.usual import Usual

SHOWN_YEARS = (1.0, 2.0, 3.0, 5.0)  # beside the largest: each takes as long as the whole of a small plan
OPTIONS = {"clients_per_year": "--clients", "therapist_sd": "--sd", "therapist": "--cost-therapist"}
OPTIONS |= {"client": "--cost-client", "year": "--cost-year", "budget": "--budget"}


@click.command(short_help="What so many therapists, clients and years can show.")
@click.option("--therapists", type=int, required=True, help="How many therapists take part.")
@click.option("--clients", type=float, required=True, help="Finished courses of each therapist and year.")
@click.option(
    "--years", type=click.FloatRange(0, 10, min_open=True), default=3.0, show_default=True, help="Up to so many."
)
@click.option("--rate", type=float, help="Share of finished courses that deteriorate reliably.")
@click.option("--vpc", type=float, help="Share of variance between therapists; or give --sd.")
@click.option("--sd", type=float, help="SD of therapists' log odds, instead of --vpc.")
@click.option("--vpc-range", type=float, nargs=2, help="90 % range of the VPC, for assurance.")
@click.option("--odds-ratio", type=float, help="Of burnout, per SD of its true value; 1 for none.")
@click.option("--reliability", type=float, help="Of burnout's rating.")
@click.option("--clients-spread", type=float, default=0.5, show_default=True, help="Log SD of numbers of clients.")
@click.option("--services", type=click.IntRange(1), default=1, show_default=True, help="In which they work.")
@click.option("--service-sd", type=float, help="SD of the services' log odds.")
@click.option("--cost-therapist", type=float, help="Cost of each therapist.")
@click.option("--cost-client", type=float, help="Cost of each client.")
@click.option("--cost-year", type=float, help="Cost of each year.")
@click.option("--budget", type=float, help="What there is to spend.")
@click.option(
    "--replicates", type=click.IntRange(20, 5000), default=200, show_default=True, help="Data sets per setting."
)
@click.option("--seed", type=click.IntRange(0), help="Everything random follows from it.")
@click.option("--cores", type=click.IntRange(1), help="Processes; 2 if there are so many.")
@click.option("--quick", is_flag=True, help="Stop after the first answer.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write all numbers to this CSV file.")
def plan(out: Path | None, quick: bool, replicates: int, seed: int | None, cores: int | None, **asked: Any) -> None:
    """Say what so many therapists, clients and years can show.

    Everything is simulated for your numbers, without case mix. A first, coarse answer comes within ten seconds, the
    whole one within two minutes on two cores, unless there are hundreds of therapists. What you do not give is taken
    from published numbers, and said. In brackets: 95 % Monte Carlo intervals.

    Example: iatrogenesis plan --therapists 35 --clients 60 --years 3 --vpc 0.1 --odds-ratio 1.28
    """
    if out is not None and not out.parent.is_dir():
        raise click.BadParameter(f"{out.parent} is no folder; make it first", param_hint="--out")
    from iatrogenesis.planning.answers import FIRST, first_answer, whole_answer  # here: --help waits for no SciPy
    from iatrogenesis.planning.preregistration import paragraph
    from iatrogenesis.planning.sentences import sentences
    from iatrogenesis.planning.usual import configured

    usual = configured(config_folder())
    seed = usual.seed if seed is None else seed
    try:
        numbers, costs = numbers_of(asked, usual.numbers), _costs(asked)
        spread = _spread(asked, numbers, usual.numbers["vpc"])
    except ValidationError as error:
        raise click.UsageError(_said(error)) from None
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--vpc-range") from None
    for line in _taken(asked, usual.numbers):
        click.echo(line)
    found = first_answer(numbers, usual.priors, seed)
    click.echo(f"\nFirst answer, coarse: {FIRST} simulated data sets per setting.\n")
    say(list(sentences(found, numbers))[: None if quick else 1])
    if not quick:
        cores = cores or min(2, os.cpu_count() or 1)
        click.echo(f"\nWhole answer: {replicates} simulated data sets per setting, on {cores} cores ...\n")
        found = whole_answer(numbers, usual.priors, seed, spread, costs, replicates, cores)
        click.echo(table(found) + "\n")
        say(sentences(found, numbers, costs))
        click.echo("\nFor a preregistration:\n")
        say([paragraph(found, numbers, seed)])
    if out is not None:
        write_csv(found, out)
        click.echo(f"\nAll numbers: {out}")


def numbers_of(asked: dict[str, Any], usual: "dict[str, Usual]") -> "Numbers":
    """The service's numbers, the usual ones where it gave none."""
    from iatrogenesis.planning.plan import Numbers

    given = {name: value for name, value in asked.items() if value is not None}
    years = given["years"]
    own = {name: given[name] for name in ("therapists", "rate", "vpc", "odds_ratio", "reliability") if name in given}
    own |= {"clients_per_year": given["clients"], "clients_spread": given["clients_spread"]}
    own |= {name: given[name] for name in ("services", "service_sd") if name in given}
    own |= {"years": (*(year for year in SHOWN_YEARS if year < years), years)}
    own |= {"therapist_sd": given["sd"]} if "sd" in given else {}
    lacking = {name for name in usual if name not in own} - ({"vpc"} if "sd" in given else set())
    lacking -= {"service_sd"} if own["services"] == 1 else set()
    return Numbers.model_validate(own | {name: usual[name].value for name in lacking})


def _costs(asked: dict[str, Any]) -> "Costs | None":
    from iatrogenesis.planning.costs import Costs

    names = {"cost_therapist": "therapist", "cost_client": "client", "cost_year": "year", "budget": "budget"}
    own = {field: asked[name] for name, field in names.items() if asked[name] is not None}
    return Costs.model_validate(own) if own else None


def _spread(asked: dict[str, Any], numbers: "Numbers", usual: "Usual") -> "SpreadRange":
    """What is thought of the spread: as asked, or as wide as what is published about the service's own."""
    from iatrogenesis.planning.assurance import SpreadRange

    if asked["vpc_range"] is None:
        return SpreadRange.of_shares(usual.low, usual.high).about(numbers.sd)
    spread = SpreadRange.of_shares(*asked["vpc_range"])
    spread.quantiles(1, abs(numbers.effect))
    return spread


def _taken(asked: dict[str, Any], usual: "dict[str, Usual]") -> Iterator[str]:
    """What was taken from elsewhere."""
    for name, one in usual.items():
        needed = {"vpc": asked["sd"] is None, "service_sd": asked["services"] > 1}
        if asked[name] is None and needed.get(name, True):
            yield f"--{name.replace('_', '-')} {one.value:.3g} is taken from {one.source}."


def _said(error: ValidationError) -> str:
    """What is wrong with which option."""
    lines = []
    for one in error.errors():
        field = str(one["loc"][0]) if one["loc"] else ""
        option = OPTIONS.get(field, f"--{field.replace('_', '-')}") if field else ""
        text = one["msg"].removeprefix("Value error, ")
        text = text.replace("therapist_sd", "--sd").replace(" vpc", " --vpc").replace("odds_ratio", "--odds-ratio")
        lines.append(f"{option} {one['input']}: {text}" if field else text)
    return "\n".join(lines)
