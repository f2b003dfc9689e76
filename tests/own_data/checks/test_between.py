"""Two files, or two columns, that say the same thing otherwise."""

from iatrogenesis.own_data import checks
from tests.own_data.catalogued import catalogue, mapped_from, settings
from tests.own_data.checks.clean import changing, clean
from tests.own_data.checks.faults import line, loud, run

SESSIONS = "id,no,phq,who\n1,1,12,A\n1,2,7,A\n2,1,15,B\n2,2,9,B\n3,1,8,A\n3,2,4,B\n"
COLUMNS = {"client": "id", "therapist": "who", "session": "no", "scores": {"phq9": "phq"}}


def found(folder, clients, **columns):
    own = {"data": {"clients": "c.csv", "sessions": "s.csv"}, "columns": COLUMNS | columns}
    mapped = mapped_from(folder, {"c.csv": clients, "s.csv": SESSIONS}, **own)
    return line(checks.run(mapped, settings(**own), catalogue()), "two files disagree")


def test_scores_of_two_files(tmp_path):
    both = {"first": {"phq9": "pre"}, "last": {"phq9": "post"}}
    assert found(tmp_path, "id,pre,post\n1,12,7\n2,15,\n3,8,4\n", **both)["severity"] == "passed"
    wrong = found(tmp_path, "id,pre,post\n1,12,7\n2,3,9\n3,8,5\n", **both)
    assert wrong["severity"] == "warning" and wrong["examples"] == "row 3; row 4"
    assert "in 2 courses: pre of 1, post of 1" in wrong["found"]


def test_therapists_of_two_files(tmp_path):
    assert found(tmp_path, "id,who\n1,A\n2,B\n3,A\n")["severity"] == "passed"  # the third had both
    wrong = found(tmp_path, "id,who\n1,B\n2,B\n3,A\n")
    assert wrong["examples"] == "row 2" and "who of 1" in wrong["found"]


def test_a_covariate_that_is_the_therapist():
    named = changing(lambda t: t.assign(x_team=t["therapist_id"].str.replace("T", "Dr ")))
    checked = run(named(clean()))
    assert loud(checked) == {"covariates that are therapists": "error"}
    assert "Each of 10 values of" in line(checked, "covariates that are therapists")["found"]
    degree = changing(lambda t: t.assign(x_degree=["MSc" if int(one[1:]) % 3 else "PhD" for one in t["therapist_id"]]))
    assert loud(run(degree(clean()))) == {}  # a trait of therapists may be asked about
