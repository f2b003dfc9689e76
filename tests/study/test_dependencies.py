"""What a script reaches: computed as another reader of imports does, with templates, registries and a cache."""

import subprocess
import sys
from modulefinder import ModuleFinder

import pytest

from iatrogenesis.study.dependencies import Library, UnclearImport
from tests.conftest import ROOT

SRC = ROOT / "src"
PACKAGE = SRC / "iatrogenesis"
SCRIPTS = sorted((ROOT / "scripts").rglob("*.py"))
# Files that no script reaches, and who does.
NOT_OF_SCRIPTS = {
    **dict.fromkeys(
        (f"{name}.py" for name in ("cli", "cli_analyse", "cli_export", "cli_own", "cli_plan", "cli_print")),
        "people who type `iatrogenesis`",
    ),
    "core/marked.py": "`make docs` and `make graph`",
    **dict.fromkeys(("explorer/picture.py", "report/moving.py"), "the lesson for trainers, which says so by itself"),
    **dict.fromkeys(
        (
            f"own_data/{name}.py"
            for name in (
                *("asked", "guess", "loading", "services/__main__", "services/rounding"),
                *(f"exchange/{part}" for part in ("__init__", "codebook", "dataset", "draws", "found", "package")),
                *(f"guessing/{part}" for part in ("__init__", "fields", "look", "nhs_tables", "scores")),
                *("exchange/tabular", "guessing/settings_file", "guessing/words"),
            )
        ),
        "`iatrogenesis init` and `export`, before and after the rules for own data",
    ),
    **dict.fromkeys(
        (f"own_data/{name}.py" for name in ("examples", "nhs/example", "nhs/simulated")), "`make examples`, and tests"
    ),
    **dict.fromkeys(
        (
            f"planning/{name}.py"
            for name in (
                *("answers", "assurance", "costs", "endless", "error_rates", "preregistration", "sentences", "truths"),
            )
        ),
        "people who plan with their own numbers",
    ),
    "report/figure_words.py": "rules, for captions",
    **dict.fromkeys(
        (
            f"verification/{name}"
            for name in (
                *(
                    "__main__.py",
                    "again.py",
                    "page.py",
                    "reference.py",
                    "rounding.py",
                    "tables.py",
                    "verdicts.py",
                    "verification.html.j2",
                    "verify.py",
                ),
                *("changelog.py", "drift.py", "release.py", "tables.py"),
            )
        ),
        "`make verify`, `report`, `reference`, `drift` and `release`, and tests",
    ),
    "world/streaming.py": "people, for runs larger than memory",
}
NAMES = [f"{path.parent.name}/{path.stem}" for path in SCRIPTS]
OF_RULES = [path for path in SCRIPTS if "iatrogenesis" in path.read_text()]  # readers' scripts do without the library


@pytest.fixture(scope="module")
def library() -> Library:
    return Library(PACKAGE)


def reached(library: Library, script, **chosen) -> set[str]:
    """Closure as paths below the package."""
    return {path.relative_to(PACKAGE).as_posix() for path in library.closure(script, chosen)}


@pytest.mark.parametrize("script", SCRIPTS, ids=NAMES)
def test_imports_are_those_that_the_standard_library_finds(library, script):
    """`modulefinder` follows the byte code; only modules asked of the registry and other files come besides."""
    finder = ModuleFinder(path=[str(SRC)])
    finder.run_script(str(script))
    found = {
        module.__file__
        for name, module in finder.modules.items()
        if name.startswith("iatrogenesis") and module.__file__
    }
    ours = {str(path) for path in library.closure(script) if path.suffix == ".py"}
    assert found <= ours
    asked = {str(path) for path in PACKAGE.rglob("*.py") if "registry" in path.read_text()}
    assert ours == found or "iatrogenesis.core.registry" in finder.modules or found & asked


@pytest.mark.slow
@pytest.mark.parametrize("script", OF_RULES[::6], ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_whatever_a_script_loads_is_reached(library, script):
    code = (
        f"import runpy, sys; runpy.run_path({str(script)!r}, run_name='loaded')\n"
        "print(*[m.__file__ for n, m in sys.modules.items() if n.startswith('iatrogenesis') and m.__file__], sep='\\n')"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(ran.stdout.split("\n")) - {""}
    assert loaded and loaded <= {str(path) for path in library.closure(script)}


def test_every_file_of_the_library_is_reached_by_a_script_or_belongs_to_the_study(library):
    scripts = {path for script in SCRIPTS for path in library.closure(script)}
    parsed = library.closure(PACKAGE / "study" / "study.py") + library.closure(PACKAGE / "study" / "dependencies.py")
    own = {path for path in PACKAGE.rglob("*.*") if path.parent.name == "study"}
    lost = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.*")
        if path.parent.name != "__pycache__" and path.suffix != ".typed" and path not in scripts | set(parsed) | own
    }
    assert lost == set(NOT_OF_SCRIPTS)


def test_a_figure_reaches_its_own_module_and_no_other(library):
    script = ROOT / "scripts" / "figures" / "figure.py"
    found = reached(library, script, figures=["caterpillar"])
    assert "figures/caterpillar.py" in found and "figures/funnel.py" not in found
    assert "figures/funnel.py" in reached(library, script)


def test_a_page_reaches_its_template_sections_and_styles(library):
    found = reached(library, ROOT / "scripts" / "report" / "report.py")
    assert {
        "report/template.html.j2",
        "report/supplement.html.j2",
        "report/paper/results.html.j2",
        "report/macros.html.j2",
        "report/style.css",
    } <= found
    assert "report/manager.html.j2" not in found and "report/gallery.css" not in found
    explorer = reached(library, ROOT / "scripts" / "explorer" / "explorer_page.py")
    assert {
        f"explorer/page/{name}" for name in ("explorer.html.j2", "explorer.css", "page.js", "simulator.js")
    } <= explorer


def test_fits_do_not_depend_on_patterns_figures_or_the_simulator(library):
    found = reached(library, ROOT / "scripts" / "inference" / "fit.py", **{"inference.models": ["intercept_only"]})
    assert "inference/models/intercept_only.py" in found and "inference/models/growth.py" not in found
    assert not {path for path in found if path.startswith(("evidence/", "figures/", "world/", "report/"))}


def test_a_notebook_reaches_what_its_cells_import(library):
    found = reached(library, ROOT / "notebooks" / "03_read_a_posterior.ipynb")
    assert "inference/models/casemix.py" in found and not any(path.startswith("report/") for path in found)


@pytest.fixture
def small(tmp_path):
    """A package of four modules, one of which is found by name, and a script."""
    root = tmp_path / "toy"
    for name, text in {
        "__init__.py": "",
        "core/__init__.py": "",
        "core/registry.py": "def members(package): ...",
        "kinds/__init__.py": "from toy.core.registry import members\nmembers(__name__)",
        "kinds/one.py": "NAME = 1",
        "kinds/two.py": "import toy.late",
        "late.py": "PAGE = 'page.html.j2'",
        "page.html.j2": "{% include 'page.css' %}",
        "page.css": "",
        "alone.py": "",
    }.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    script = tmp_path / "script.py"
    script.write_text("def main():\n    from toy import kinds\n")
    return root, script


def names(root, paths) -> set[str]:
    return {path.relative_to(root).as_posix() for path in paths}


def test_registries_templates_and_late_imports_are_followed(small):
    root, script = small
    every = names(root, Library(root).closure(script))
    assert every == {
        "__init__.py", "core/__init__.py", "core/registry.py", "kinds/__init__.py", "kinds/one.py", "kinds/two.py",
        "late.py", "page.html.j2", "page.css",
    }  # fmt: skip
    assert names(root, Library(root).closure(script, {"kinds": ["one"]})) == every - {
        "kinds/two.py", "late.py", "page.html.j2", "page.css",
    }  # fmt: skip


def test_what_is_declared_is_read_and_what_its_modules_import_does_not_count(small):
    root, script = small
    script.write_text("from toy.core.registry import declarations\ndeclarations('toy.kinds', 'NAME')\n")
    found = names(root, Library(root).closure(script, {"kinds": ["one"]}))
    assert found == {
        "__init__.py",
        "core/__init__.py",
        "core/registry.py",
        "kinds/__init__.py",
        "kinds/one.py",
        "kinds/two.py",
    }


def test_pages_read_labels_of_methods_and_do_not_depend_on_what_methods_import(library):
    found = reached(library, ROOT / "scripts" / "figures" / "figure.py", figures=["performance"])
    assert "simulation_study/methods/growth.py" in found
    assert not {path for path in found if path.startswith(("inference/engines/", "world/"))}


def test_a_relative_import_is_refused(small):
    root, script = small
    (root / "late.py").write_text("from . import alone")
    with pytest.raises(UnclearImport, match=r"late\.py, line 1"):
        Library(root).closure(script)


@pytest.mark.parametrize("code", ["__import__(name)", "importlib.import_module(name)", "members(name)"])
def test_names_that_only_a_run_knows_are_refused(small, code):
    root, script = small
    script.write_text(f"{code}\n")
    with pytest.raises(UnclearImport, match=r"script\.py, line \d"):
        Library(root).closure(script)


def test_the_cache_gives_the_same_and_notices_every_edit(small, tmp_path):
    root, script = small
    cache = tmp_path / "cache" / "imports.json"
    first = Library(root, cache)
    expected = first.closure(script)
    first.remember()
    assert Library(root, cache).closure(script) == expected
    (root / "kinds" / "one.py").write_text("import toy.alone")
    (root / "kinds" / "three.py").write_text("")
    found = names(root, Library(root, cache).closure(script))
    assert {"alone.py", "kinds/three.py"} <= found
    cache.write_text("broken")
    assert names(root, Library(root, cache).closure(script)) == found
