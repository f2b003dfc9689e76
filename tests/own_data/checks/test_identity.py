import pytest

from tests.own_data.checks.clean import changing, clean, setting, settings, with_counts
from tests.own_data.checks.faults import Fault, assert_named_alone, line, loud, named, run


def _digits(table):
    ids = table["therapist_id"].str.slice(1).astype(int)
    return table.assign(therapist_id=(ids * 900 + 345).astype("str"))


def _zeros(table):
    """Ids such as 0017, five of which have lost their zeros."""
    ids = "00" + table["therapist_id"].str.slice(1).replace("00", "17")
    return table.assign(therapist_id=ids.where(table.index > 6, "17"), burnout_rating=table["burnout_rating"])


FAULTS = [
    Fault(
        "lost leading zeros",
        "warning",
        "5 rows may have lost leading zeros",
        changing(lambda t: _zeros(t)),
        "row 2; row 3",
        also=("therapists not named",),
    ),
    Fault(
        "lost leading zeros",
        "warning",
        "1 therapist with and without leading zeros, each taken for two",
        changing(lambda t: _zeros(t).assign(client_id=[str(i) for i in range(len(t))])),
        "therapist '0017' and '17'",
        also=("therapists not named",),
    ),
    Fault(
        "lost leading zeros",
        "warning",
        "1 therapist with and without leading zeros",
        setting("therapist_id", range(2, 82), ["7"] * 40 + ["07"] * 40),
        "therapist '07' and '7'",
    ),
    Fault(
        "missing ids",
        "warning",
        "2 rows of 400 without therapist",
        setting("therapist_id", [5, 9], None),
        "row 5; row 9",
    ),
    Fault("missing ids", "warning", "1 row of 400 without client", setting("client_id", 7, None), "row 7"),
    Fault("missing ids", "error", "too many to leave out", setting("therapist_id", range(2, 60), None)),
    Fault("lost leading zeros", "note", "digits of unequal length", changing(_digits), "row 2"),
    Fault(
        "lost leading zeros",
        "warning",
        "end in '.0'",
        changing(lambda t: t.assign(therapist_id=t["therapist_id"].str.slice(1).astype(int).astype(str) + ".0")),
    ),
    Fault(
        "ids that differ by blanks or capitals",
        "error",
        "2 ids differ only by blanks",
        setting("therapist_id", [2, 3], "T00 "),
        "therapist 'T00' and 'T00 '",
        also=("therapists with very few clients",),
    ),
    Fault(
        "ids that differ by blanks or capitals",
        "error",
        "2 ids differ",
        setting("service_id", range(2, 42), "North"),
        "service 'north' and 'North'",
        also=("services with few therapists",),
    ),
    Fault(
        "ids that differ by blanks or capitals",
        "error",
        "invisible characters",
        setting("therapist_id", range(2, 20), "T\u200b00"),
        "T\\u200b00",
        also=("ids that cannot be shown",),
    ),
    Fault("ids that cannot be shown", "error", "line breaks", setting("therapist_id", range(2, 42), "T0\n0"), "T0\\n0"),
    Fault(
        "ids that cannot be shown",
        "error",
        "control characters",
        setting("therapist_id", range(2, 42), "T\x001"),
        "T\\x001",
    ),
    Fault(
        "ids that cannot be shown",
        "error",
        "direction of writing",
        setting("service_id", range(2, 202), "n\u202eorth"),
        "n\\u202eorth",
    ),
    Fault(
        "ids that cannot be shown", "error", "longer than 80", setting("therapist_id", range(2, 42), "T" * 81), "TTT..."
    ),
    Fault(
        "therapists who are nobody",
        "warning",
        "40 rows with a therapist id",
        setting("therapist_id", range(2, 42), "Unknown"),
        "row 2",
    ),
    Fault("therapists who are nobody", "warning", "stand for nobody", setting("therapist_id", range(2, 42), "999")),
]


@pytest.mark.parametrize("fault", named(FAULTS))
def test_fault_in_ids_is_named_alone(fault):
    assert_named_alone(fault)


def test_ids_of_clients_are_never_shown():
    checked = run(setting("client_id", 3, "C0000")(clean()))
    found = line(checked, "ids that differ by blanks or capitals")
    assert found["severity"] == "error"
    text = checked.table.to_csv() + "".join(checked.fatal)
    assert "c0000" not in text and "C0000" not in text
    assert "client in row 3" in found["examples"]


def test_lost_zeros_of_clients_do_not_hide_those_of_therapists():
    def change(table):
        ids = [f"{i:04d}" if i % 2 else str(i) for i in range(1, len(table) + 1)]
        return _zeros(table).assign(client_id=ids)

    found = line(run(changing(change)(clean())), "lost leading zeros")
    assert found["columns"] == "CLIENT_ID, THERAPIST_ID"
    assert "Ids of clients are digits of unequal length" in found["found"]
    assert "1 therapist with and without leading zeros" in found["found"]


def test_ids_of_html_and_paths_are_harmless_and_pass():
    for one in ("<script>alert(1)</script>", "../../etc/passwd", "O'Brien & Söhne"):
        assert loud(run(setting("therapist_id", range(2, 42), one)(clean()))) == {}


def test_without_ids_examples_are_rows_only():
    own = settings(privacy={"anonymise": True})
    checked = run(setting("therapist_id", [2, 3], "T00 ")(clean()), own)
    found = line(checked, "ids that differ by blanks or capitals")
    assert found["examples"] == "rows 2, 3"
    assert "T00" not in checked.table.to_csv() + "".join(checked.fatal)


def test_units_of_counts_are_checked_alike():
    checked = run(setting("unit_id", 3, "SERVICE 0", "counts")(with_counts()))
    assert loud(checked) == {"ids that differ by blanks or capitals": "error"}


@pytest.mark.parametrize("first", [0, 1, 4700])
def test_numbers_that_were_counted_up_have_lost_no_zeros(first):
    counted = changing(lambda table: table.assign(client_id=[str(first + 2 * i) for i in range(len(table))]))
    assert loud(run(counted(clean()))) == {}


def test_99_among_98_and_100_is_an_id():
    numbered = changing(
        lambda table: table.assign(therapist_id=(table["therapist_id"].str.slice(1).astype(int) + 95).astype("str"))
    )
    assert loud(run(numbered(clean()))) == {}
