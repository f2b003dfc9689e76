"""The page about the models is that of the code, and every model is complete."""

from pathlib import Path

import pytest

from iatrogenesis.inference.models import FACTS, MODELS, sections
from iatrogenesis.inference.models.by_name import model
from iatrogenesis.report.page import family_member
from iatrogenesis.study.models_page import page
from iatrogenesis.study.study import load_study

ROOT = Path(__file__).resolve().parents[2]


def test_the_page_is_up_to_date():
    study = load_study(ROOT / "config" / "default.yaml", ROOT / "config")
    settings = study.config.fit.priors.model_dump(mode="json")
    assert (ROOT / "docs" / "models.md").read_text(encoding="utf-8") == page(settings), "run `make docs`"
    assert (ROOT / "results" / "reference" / "predictive.png").is_file()


@pytest.mark.parametrize("name", MODELS)
def test_every_model_is_complete(name):
    module, said = model(name), family_member(name)
    for part in ("COVARIATES", "prepare", "build", "prior_point", "replicate", "estimands"):
        assert hasattr(module, part), part
    assert said["question"].endswith("?") and "~" in said["equations"]
    assert sections(name)
    for fact, value in FACTS[name].items():  # what is read without importing is what the module says
        assert getattr(module, fact) == value or fact == "__doc__", fact


def test_pymc_is_not_imported_with_a_model():
    """Jobs without a sampler do not pay for it."""
    import subprocess
    import sys

    code = "import sys; from iatrogenesis.inference.models import by_name as m; [m.model(n) for n in m.MODELS];"
    code += "import iatrogenesis.inference.engines.fit, iatrogenesis.inference.engines.collapsed.engine;"
    code += "print('pymc' in sys.modules, 'pytensor' in sys.modules)"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.split() == ["False", "False"]
