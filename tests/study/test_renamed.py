"""What was made before a name changed gets the present one and nothing else changes; draws keep their keys."""

from iatrogenesis.core.former_names import METHODS, SCENARIOS, keyed_by
from iatrogenesis.core.streams import derived_seed
from iatrogenesis.inference.models import FACTS, key
from iatrogenesis.simulation_study.methods import NAMES
from iatrogenesis.study.renamed import rename, renamed

OLD = 'cell,method,value,note\nsmall,null,0.10,"null, 1"\nsmall,casemix,,null\n'
NEW = 'cell,method,value,note\nsmall,intercept_only,0.10,"null, 1"\nsmall,casemix,,null\n'


def test_only_fields_that_name_something_change():
    assert renamed(OLD) == NEW and renamed(NEW) == NEW
    worlds = "cell,scenario,also,reason\nworld,{},base,base\nworld_harmless,reference,,\n"
    assert renamed(worlds.format("base")) == worlds.format("routine_care")
    other = 'a,b\r\n"null",1.0\r\n'
    assert renamed(other) == other and renamed("") == ""


def test_a_folder_is_brought_up_to_date_once(tmp_path):
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "old.csv").write_text(OLD)
    (tmp_path / "new.csv").write_text(NEW)
    assert rename(tmp_path) == [tmp_path / "below" / "old.csv"]
    assert (tmp_path / "below" / "old.csv").read_text() == NEW
    assert rename(tmp_path) == []


def test_present_names_are_names_and_former_ones_are_not(study):
    for renames, known in ((METHODS, set(NAMES) & set(FACTS)), (SCENARIOS, set(study.catalogue))):
        assert set(renames.values()) <= known and not set(renames) & known


def test_draws_keep_their_keys():
    """By the frozen full study's keys, or every number of what was renamed would move."""
    assert [key(present) for present in METHODS.values()] == list(METHODS)
    assert all(key(name) == name for name in FACTS if name not in METHODS.values())
    for present, before in {"routine_care": "base", "routine_care, imputation 2": "base, imputation 2"}.items():
        assert derived_seed(1, "collapsed", present) == derived_seed(1, "collapsed", before)
    for other in ("known", "routine_care_2", "my routine_care", "base", "world-3", ""):
        assert keyed_by(other) == other
