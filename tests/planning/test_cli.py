"""The command line: what it prints and writes, and how it refuses."""

import csv
import re
import subprocess
import sys

import pandas as pd
import pytest
from click.testing import CliRunner

from iatrogenesis.cli import main
from iatrogenesis.cli_plan import numbers_of
from iatrogenesis.cli_print import BEYOND, SHOWN, table
from iatrogenesis.core.resources import config_folder
from iatrogenesis.planning.usual import configured

SERVICE = ["plan", "--therapists", "12", "--clients", "40", "--years", "1.5"]


def run(*arguments: str):
    return CliRunner().invoke(main, [*SERVICE, *arguments])


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    out = tmp_path_factory.mktemp("plan") / "plan.csv"
    asked = ["--replicates", "20", "--cores", "1", "--odds-ratio", "1.4", "--cost-therapist", "100", "--out", str(out)]
    return run(*asked), out


def test_the_whole_answer(whole):
    result, _ = whole
    assert result.exit_code == 0, result.output
    text = result.output.replace("\u00a0", " ")
    assert "--vpc 0.101 is taken from Saxon et al. 2017" in text and "--odds-ratio" not in text
    assert text.index("First answer") < text.index("Whole answer") < text.index("Burnout: 12", text.index("Whole"))
    (head,) = [line for line in text.splitlines() if "years without end" in line]
    assert re.split(r"\s{2,}", head.strip()) == ["one year", "1.5 years", "years without end"]
    shown = {label for label in SHOWN.values() if any(line.startswith(label) for line in text.splitlines())}
    assert shown == set(SHOWN.values()) - {SHOWN["therapists_affordable"], SHOWN["power_affordable"]}
    for words in ("Costs:", "For a preregistration:", "Seed 20261122"):
        assert words in text
    assert max(map(len, text.partition("First answer")[2].splitlines())) <= 120


def test_the_file_has_what_is_printed(whole):
    result, out = whole
    rows = list(csv.DictReader(out.open(encoding="utf-8")))
    assert {row["years"] for row in rows} == {"1", "1.5", "inf"}
    (power,) = [row for row in rows if row["years"] == "1.5" and row["quantity"] == "power"]
    value, low, high = (f"{100 * float(power[name]):.0f}" for name in ("value", "low", "high"))
    assert f"{value} ({low} to {high})" in result.output
    assert str(out) in result.output


def test_the_first_answer_alone():
    result = run("--quick", "--sd", "0.6", "--odds-ratio", "1")
    assert result.exit_code == 0, result.output
    assert "20 simulated data sets" in result.output and "Whole answer" not in result.output
    assert "Burnout:" not in result.output and "Raw rates:" in result.output and "--vpc" not in result.output


@pytest.mark.parametrize(
    ("years", "shown"),
    [
        (0.5, (0.5,)),
        (1.0, (1.0,)),
        (3.0, (1.0, 2.0, 3.0)),
        (4.0, (1.0, 2.0, 3.0, 4.0)),
        (10.0, (1.0, 2.0, 3.0, 5.0, 10.0)),
    ],
)
def test_years_up_to_the_last(years, shown):
    asked = dict.fromkeys(("rate", "vpc", "sd", "odds_ratio", "reliability"))
    asked |= {"therapists": 12, "clients": 40.0, "clients_spread": 0.5, "years": years, "services": 1}
    assert numbers_of(asked, configured(config_folder()).numbers).years == shown


@pytest.mark.trial(kind="refused", what="make plan, refused with: {message}")
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--rate", "5.8"], "--rate 5.8: Input should be less than 0.5"),
        (["--rate", "nan"], "--rate nan"),
        (["--vpc", "0.1", "--sd", "0.6"], "give the spread between therapists once: --sd or --vpc"),
        (["--vpc", "0.01"], "more than the 0.18 in all"),
        (["--vpc-range", "0.2", "0.1"], "the lower one first"),
        (["--vpc-range", "0.005", "0.01"], "more than the range of the spread"),
        (["--budget", "1000"], "a cost per therapist or per client is needed"),
        (["--cost-client", "-1"], "--cost-client -1.0: Input should be greater than or equal to 0"),
        (["--reliability", "0"], "--reliability 0.0: Input should be greater than 0"),
        (["--therapists", "2"], "--therapists 2: Input should be greater than or equal to 3"),
        (["--clients", "0.2"], "at least one client of each therapist is needed"),
        (["--years", "0"], "--years"),
        (["--out", "/no such folder/plan.csv"], "is no folder; make it first"),
        (["--therapists", "many"], "is not a valid integer"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_simulated(arguments, message):
    result = run(*arguments)
    assert result.exit_code == 2 and "First answer" not in result.output
    assert message in result.output and "Traceback" not in result.output


def test_what_is_out_of_reach_is_marked():
    row = {"years": 1.0, "quantity": "smallest_odds_ratio", "value": 3.0, "low": 2.0, "high": 4.0}
    rows = [row | {"beyond": True}, row | {"quantity": "reliability", "beyond": False}]
    marked, plain = table(pd.DataFrame(rows)), table(pd.DataFrame(rows[1:]))
    assert "3.00 (2.00 to 4.00) *" in marked and BEYOND in marked
    assert "*" not in plain


def test_help_needs_no_statistics():
    """It comes at once: without SciPy and pandas, which take seconds to import."""
    code = (
        "import sys; from click.testing import CliRunner; from iatrogenesis.cli import main; "
        "assert CliRunner().invoke(main, ['plan', '--help']).exit_code == 0; "
        "print([name for name in ('scipy', 'pandas', 'numba') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
