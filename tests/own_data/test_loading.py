"""Settings files are read with errors that name the line or field, and what was probably meant."""

import pytest

from iatrogenesis.core.tables import DataError
from iatrogenesis.own_data.loading import load_settings

GOOD = "name: my\ndata:\n  clients: a.csv\ncolumns:\n  client: id\n  therapist: who\n"


def loaded(tmp_path, text):
    path = tmp_path / "my.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return load_settings(path)


def test_names_and_codes_stay_as_they_are_written(tmp_path):
    text = "name: my\ndata:\n  clients: a.csv\n  missing: [099, -9, no]\ncolumns:\n  client: no\n  therapist: 007\n"
    found = loaded(tmp_path, text)
    assert (found.columns.client, found.columns.therapist) == ("no", "007")
    assert found.data.missing == ("099", "-9", "no")
    assert loaded(tmp_path, GOOD.replace("a.csv", "a.csv\n  missing: 99")).data.missing == ("99",)


def test_a_byte_order_mark_and_empty_fields_do_not_matter(tmp_path):
    assert loaded(tmp_path, b"\xef\xbb\xbf" + GOOD.encode()).name == "my"
    found = loaded(tmp_path, GOOD + "  first:\n  age:\ninstruments:\nprivacy:\n  anonymise: yes\n")
    assert found.columns.age is None and dict(found.columns.first) == {} and found.privacy.anonymise


def test_only_whole_words_are_truth_values(tmp_path):
    text = GOOD + "title: Truesdale clinic\nanalysis: {false_discovery_rate: 0.05}\nprivacy: {anonymise: true}\n"
    found = loaded(tmp_path, text)
    assert (found.title, found.analysis.false_discovery_rate, found.privacy.anonymise) == (
        "Truesdale clinic",
        0.05,
        True,
    )
    assert loaded(tmp_path, GOOD + "title: true story\n").title == "true story"


BROKEN = {
    "duplicate section": (GOOD + "columns:\n  client: x\n", "line 7: 'columns' is there twice, in lines 4 and 7"),
    "duplicate field": (GOOD + "  client: x\n", "line 7: 'client' is there twice, in lines 5 and 7"),
    "alias bomb": (GOOD + "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n", "line 7: an anchor"),
    "code": (GOOD + "x: !!python/object/apply:os.system ['ls']\n", "line 7: .*Tags"),
    "deep": ("[" * 4000, "nested too deeply"),
    "UTF-16": (GOOD.encode("utf-16"), "UTF-16 or no text. Save it as UTF-8"),
    "Windows": (GOOD.replace("who", "Größe").encode("cp1252"), "line 6 is not UTF-8"),
    "empty": ("\n# only a comment\n", "the file is empty"),
    "reliability of a rating": (
        GOOD + "analysis: {rating_reliability: {burnout: 0}}\n",
        "analysis.rating_reliability.burnout: should be greater than 0",
    ),
    "caseness": (
        GOOD + "instruments:\n  k: {name: K, minimum: 0, maximum: 9, reliable_change: 3, caseness: 99}\n",
        "instruments.k: K: caseness 99 is not between 0 and 9",
    ),
    "reliable change": (
        GOOD + "instruments:\n  k: {name: K, minimum: 0, maximum: 9, reliable_change: 10}\n",
        "instruments.k: K: nobody can change by reliable_change 10",
    ),
    "a list": ("- a\n- b\n", "not a list"),
    "a tab": ("name: my\n\tdata: x\n", "line 2: there is a tab"),
    "a colon": ("name: my: own\n", "line 1: .*must stand in quotes"),
    "unknown field": (GOOD + "  therapst: x\n", r"columns.therapst: there is no such field. Did you mean therapist\?"),
    "wrong place": (GOOD + "anonymise: true\n", "anonymise: there is no such field. It belongs to privacy.anonymise"),
    "nothing near": (GOOD + "zzz: 1\n", "zzz: there is no such field. The fields here are: name, title"),
    "in an instrument": (
        GOOD + "instruments:\n  hap: {name: H, minimum: 0, maximum: 9, reliabilty: 0.9}\n",
        r"instruments.hap.reliabilty: there is no such field. Did you mean reliability\?",
    ),
    "missing section": ("name: my\ndata:\n  clients: a.csv\n", "columns: this is missing"),
    "two kinds": (GOOD.replace("a.csv", "a.csv\n  counts: b.csv"), "data: name clients or sessions"),
    "no text": (
        GOOD + "privacy:\n  anonymise: perhaps\n",
        r"privacy.anonymise: must be true or false \(found 'perhaps'\)",
    ),
    "no section": (GOOD + "privacy: true\n", "privacy: must have fields of its own"),
    "no list": (GOOD + "outcome:\n  instruments: phq9\n", r"outcome.instruments: must be a list, such as \[phq9\]"),
    "our own study": (GOOD.replace("name: my", "name: tiny"), "name: 'tiny' is one of the project's own studies"),
    "a long name": (GOOD.replace("name: my", "name: My Service"), "name: must be 1 to 40 small letters"),
    "too small": (
        GOOD + "analysis:\n  seed: -1\n",
        r"analysis.seed: should be greater than or equal to 0 \(found -1\)",
    ),
}


@pytest.mark.trial(kind="refused", what="a settings file: {id}")
@pytest.mark.parametrize("case", BROKEN)
def test_broken_settings_say_where_and_what_to_do(tmp_path, case):
    text, message = BROKEN[case]
    with pytest.raises(DataError, match=message) as error:
        loaded(tmp_path, text)
    assert str(error.value).startswith(str(tmp_path / "my.yaml"))


def test_all_faults_are_named_at_once(tmp_path):
    with pytest.raises(DataError) as error:
        loaded(tmp_path, GOOD + "  therapst: x\nprivacy:\n  anonimise: true\n")
    assert len(str(error.value).splitlines()) == 2


def test_no_file_and_a_folder(tmp_path):
    with pytest.raises(DataError, match="no such file"):
        load_settings(tmp_path / "none.yaml")
    with pytest.raises(DataError, match="a folder"):
        load_settings(tmp_path)
    (tmp_path / "data.yaml").write_bytes(b"x" * 200_001)
    with pytest.raises(DataError, match="Is this the data file"):
        load_settings(tmp_path / "data.yaml")


def test_the_columns_of_the_nhs_data_set_need_not_be_named(tmp_path):
    nhs = "name: my\ndata:\n  nhs: {referrals: r.csv, contacts: c.csv, activities: a.csv}\n"
    assert loaded(tmp_path, nhs).columns.client is None
    assert loaded(tmp_path, nhs + "columns:\n").columns.client is None
