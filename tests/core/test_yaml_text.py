"""The one reader of YAML: what it takes, what it refuses in which line, and that nothing grows."""

import time
import tracemalloc

import pytest
import yaml
from pydantic import ValidationError

from iatrogenesis.core.definitions import Judgement
from iatrogenesis.core.sources import Strict
from iatrogenesis.core.validated import explain, of_document, validated
from iatrogenesis.core.yaml_text import MOST_BYTES, ConfigError, quoted, read_document, read_yaml
from tests.conftest import CONFIG

BOMB = "a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 10)
)
REFUSED = {
    "a bomb of nine levels of aliases": (BOMB, r"line 1: an anchor \(&a0\)"),
    "an alias without an anchor": ("a: 1\nb: *a\n", r"line 2: an alias \(\*a\) repeats another part"),
    "an alias as a field's name": ("*a : 1\n", "line 1: the name of a field must be a plain text"),
    "an anchor": ("a: &x 1\n", "line 1: an anchor"),
    "a merge key": ("a: 1\n<<: {b: 2}\n", "line 2: a merge key"),
    "a field twice": ("a: 1\nb: 2\na: 3\n", "line 3: 'a' is there twice, in lines 1 and 3; keep one"),
    "a field twice, once in quotes": ('s: {a: 1, "a": 2}\n', "line 1: 'a' is there twice"),
    "a section as a field's name": ("{a: 1}: 2\n", "line 1: the name of a field must be a plain text"),
    "a hundred thousand brackets": ("a: " + "[" * 100_000, "line 1: this is nested too deeply"),
    "sections in sections": ("".join(f"{'  ' * n}a:\n" for n in range(30)), "line 21: this is nested too deeply"),
    "a Python object": ("a: !!python/object/apply:os.system ['true']\n", "line 1: Tags .*not allowed"),
    "a tag": ("a: !!str 3\n", "line 1: Tags .*not allowed"),
    "an unknown tag": ("a: !own 3\n", "line 1: Tags .*not allowed"),
    "a field that Snakemake evaluates": ("a: 1\n__use_yte__: true\n", "line 2: '__use_yte__' would run code"),
    "definitions that Snakemake evaluates": ("s: {__definitions__: [x]}\n", "line 1: '__definitions__' would run code"),
    "a number of a thousand digits": (f"a: {'9' * 1000}\n", "line 1: a number of 1000 digits"),
    "a number beyond all": ("a: 1e999\n", "line 1: 1e999 is not a finite number"),
    "infinity": ("a: -.inf\n", r"line 1: -\.inf is not a finite number"),
    "no number": ("a: .NaN\n", r"line 1: \.NaN is not a finite number"),
    "an octal number, or none": ("a: 010\n", "line 1: 010 begins with a 0"),
    "two documents": ("a: 1\n---\nb: 2\n", "line 2: a second document begins here"),
    "a tab": ("a:\n\tb: 1\n", "line 2: there is a tab"),
    "a colon in a value": ("a: b: c\n", "line 1: .*must stand in quotes"),
    "an open bracket": ("a: [1, 2\n", "line 2: this is not valid YAML"),
    "a list": ("- a\n", "not a list"),
    "a text": ("a\n", "not a text"),
    "a number": ("3\n", "not a single value"),
    "nothing": ("# only a comment\n", "the file is empty"),
    "null": ("null\n", "the file is empty"),
    "a control character": ("a: \x07\n", "not valid YAML"),
    "Latin-1": ("a: 1\nb: Größe\n".encode("latin-1"), "line 2 is not UTF-8"),
    "UTF-16": ("a: 1\n".encode("utf-16"), "UTF-16 or no text"),
    "a binary file": (b"PK\x03\x04\0\0", "UTF-16 or no text"),
    "a data file": (b"a" * (MOST_BYTES + 1), "too many for settings"),
}


def written(tmp_path, text):
    path = tmp_path / "x.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param(*case, id=what, marks=pytest.mark.trial(kind="refused", what=f"a YAML file with {what}"))
        for what, case in REFUSED.items()
    ],
)
def test_what_is_no_configuration_is_refused_with_its_line(tmp_path, text, words):
    with pytest.raises(ConfigError, match=words) as error:
        read_yaml(written(tmp_path, text))
    said = str(error.value)
    assert said.startswith(f"{tmp_path / 'x.yaml'}: ") and len(said.splitlines()) == 1 and len(said) < 500


@pytest.mark.parametrize("case", ["a bomb of nine levels of aliases", "a hundred thousand brackets"])
def test_a_bomb_takes_neither_time_nor_memory(tmp_path, case):
    path = written(tmp_path, REFUSED[case][0])
    tracemalloc.start()
    begun = time.process_time()
    with pytest.raises(ConfigError):
        read_yaml(path)
    assert time.process_time() - begun < 1
    assert tracemalloc.get_traced_memory()[1] < 10_000_000
    tracemalloc.stop()


def test_values_are_those_of_yaml_1_2(tmp_path):
    text = "a: [yes, no, off, true, FALSE, ~, null, '', '1', 007, 1_000, 12:30, 2026-01-01, 1e-3, .5, -3., +4, 0x1F]\n"
    found = read_document(written(tmp_path, "\ufeff" + text), codes=True)
    whole = [True, False, None, None, "", "1", 7, "1_000", "12:30", "2026-01-01", 0.001, 0.5, -3.0, 4, "0x1F"]
    assert found.content["a"] == ["yes", "no", "off", *whole]
    assert found.words["a"][7:10] == ["", "1", "007"]
    assert read_yaml(written(tmp_path, "null: 1\n24: 2\ntrue: 3\n")) == {"null": 1, "24": 2, "true": 3}


@pytest.mark.parametrize("path", sorted(CONFIG.rglob("*.yaml")), ids=lambda path: path.stem)
def test_committed_files_are_read_as_any_reader_reads_them(path):
    assert read_yaml(path) == yaml.safe_load(path.read_text(encoding="utf-8"))


def test_a_place_is_that_of_the_field_or_of_the_section_that_lacks_it(tmp_path):
    found = read_document(written(tmp_path, "a: 1\nb:\n  c:\n    - x\n    - y\n"))
    places = [("a",), ("b", "c", 1), ("b", "d"), ("z",)]
    assert [found.at(place).rpartition("x.yaml")[2] for place in places] == [": line 1", ": line 5", ": line 2", ""]


class Small(Strict):
    """A section with one field of each kind."""

    whole: int = 0
    real: float = 0.0
    truth: bool = False
    text: str = ""
    several: tuple[int, ...] = ()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param(text, words, marks=pytest.mark.trial(kind="refused", what=f"a field that says {text}"))
        for text, words in {
            "whole: yes": r"whole: .*valid integer \(found 'yes'\)",
            "whole: true": r"whole: .*valid integer \(found True\)",
            "whole: 1.0": r"whole: .*valid integer \(found 1\.0\)",
            'whole: "24"': r"whole: .*valid integer \(found '24'\)",
            "real: true": r"real: .*valid number \(found True\)",
            'real: "0.5"': r"real: .*valid number \(found '0\.5'\)",
            "truth: 1": r"truth: .*valid boolean \(found 1\)",
            "truth: yes": r"truth: .*valid boolean \(found 'yes'\)",
            "text: 24": r"text: .*valid string \(found 24\)",
            "several: [1, 2.0]": r"several\.1: .*valid integer \(found 2\.0\)",
            "several: 1": r"several: .*valid (tuple|array) \(found 1\)",
        }.items()
    ],
)
def test_nothing_is_taken_for_what_it_is_not(tmp_path, text, words):
    with pytest.raises(ConfigError, match=rf"x\.yaml: line 1: {words}"):
        of_document(Small, read_document(written(tmp_path, text)))


def test_a_whole_number_is_a_number_and_a_list_a_tuple():
    assert validated(Small, {"real": 3, "several": [1, 2]}) == Small(real=3.0, several=(1, 2))


def test_faults_are_few_and_short():
    with pytest.raises(ValidationError) as error:
        validated(Small, {f"x{n}\x1b[2J\n": "y" * 10_000 for n in range(1000)})
    said = str(explain("a.yaml", error.value))
    assert len(said.splitlines()) == 11 and len(said) < 3000 and "\x1b" not in said
    assert said.splitlines()[-1] == "and 990 more faults"
    assert len(quoted([["x"] * 100] * 100)) < 100


@pytest.mark.trial(kind="refused", what="a configuration file that is a link out of its folder")
def test_a_link_out_of_the_folder_is_refused_and_one_inside_is_not(tmp_path):
    (tmp_path / "config").mkdir()
    outside = written(tmp_path, "instruments: [phq9]\n")
    link = tmp_path / "config" / "y.yaml"
    link.symlink_to(outside)
    with pytest.raises(ConfigError, match=r"y\.yaml: this is a link that leads out of"):
        read_document(link, within=tmp_path / "config")
    (tmp_path / "config" / "z.yaml").write_text("instruments: [phq9]\n")
    link.unlink()
    link.symlink_to("z.yaml")
    assert of_document(Judgement, read_document(link, within=tmp_path / "config")).instruments == ("phq9",)
