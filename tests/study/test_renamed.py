"""Tables made before a method or model was renamed get its present name, and nothing else of them changes."""

from iatrogenesis.inference.models import FACTS, key
from iatrogenesis.simulation_study.methods import NAMES as METHODS
from iatrogenesis.study.renamed import NAMES, rename, renamed

OLD = 'cell,method,value,note\nbase,null,0.10,"null, 1"\nbase,casemix,,null\n'
NEW = 'cell,method,value,note\nbase,intercept_only,0.10,"null, 1"\nbase,casemix,,null\n'


def test_only_fields_that_name_a_method_change():
    assert renamed(OLD) == NEW and renamed(NEW) == NEW
    other = 'a,b\r\n"null",1.0\r\n'
    assert renamed(other) == other and renamed("") == ""


def test_a_folder_is_brought_up_to_date_once(tmp_path):
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "old.csv").write_text(OLD)
    (tmp_path / "new.csv").write_text(NEW)
    assert rename(tmp_path) == [tmp_path / "below" / "old.csv"]
    assert (tmp_path / "below" / "old.csv").read_text() == NEW
    assert rename(tmp_path) == []


def test_present_names_are_names_and_former_ones_are_not():
    assert set(NAMES.values()) <= set(METHODS) & set(FACTS)
    assert not set(NAMES) & (set(METHODS) | set(FACTS))


def test_draws_keep_their_keys():
    """By the frozen full study's keys, or every number of the renamed model would move."""
    assert [key(present) for present in NAMES.values()] == list(NAMES)
    assert all(key(name) == name for name in FACTS if name not in NAMES.values())
