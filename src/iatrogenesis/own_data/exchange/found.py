"""What can be handed on: a settings file, prepared anew; or a folder of results, of a study or of own data."""

from pathlib import Path

from iatrogenesis.core.resources import config_folder
from iatrogenesis.core.tables import DataError
from iatrogenesis.own_data.exchange.codebook import read_codebook
from iatrogenesis.own_data.exchange.dataset import DataSet, of_prepared, of_simulated
from iatrogenesis.own_data.prepared import ABOUT, Prepared
from iatrogenesis.own_data.results import MARK, claim

SETTINGS = (".yaml", ".yml")
CODEBOOK = "codebook.yaml"


def found(source: Path, scenario: str | None = None) -> DataSet:
    """Return the tables of a source.

    Parameters
    ----------
    source
        A settings file of own data, whose tables are prepared anew; or a folder such as ``results/tiny`` or
        ``results/my_service``.
    scenario
        Of a study's folder: which one; ``routine_care`` unless said.

    Raises
    ------
    DataError
        If there is nothing of the kind, or the own data cannot be analysed: with every fatal finding.
    """
    simulated, own = read_codebook(config_folder() / CODEBOOK)
    if source.is_file() and source.suffix.lower() in SETTINGS:
        return of_prepared(_prepared_anew(source), own, _small_numbers(source))
    if (source / "prepared" / ABOUT).is_file():
        return of_prepared(Prepared.read(source / "prepared"), own, _small_numbers(source / MARK))
    folder = source / "simulated"
    if not folder.is_dir():
        raise DataError(f"{source}: neither settings (.yaml) nor results with prepared/ or simulated/. Run it first.")
    name = scenario or "routine_care"
    if not (folder / name).is_dir():
        there = ", ".join(sorted(path.name for path in folder.iterdir() if path.is_dir()))
        raise DataError(f"{folder}: no scenario {name!r}; choose among {there or 'none'}.")
    return of_simulated(folder / name, source.resolve().name, simulated, f"{source.resolve().name}, scenario {name}")


def _small_numbers(path: Path) -> str:
    """What the settings say about small numbers; of a folder of results, those that its mark names.

    Where these are gone, small numbers are left out: what was once promised is kept.
    """
    from iatrogenesis.own_data.loading import load_settings

    if path.name == MARK:
        path = path.parent / path.read_text(encoding="utf-8").strip() if path.is_file() else path
    return load_settings(path).privacy.small_numbers if path.suffix.lower() in SETTINGS and path.is_file() else "nhs"


def _prepared_anew(path: Path) -> Prepared:
    from iatrogenesis.core.instruments import Instruments
    from iatrogenesis.core.yaml_text import read_yaml
    from iatrogenesis.own_data.loading import load_settings
    from iatrogenesis.own_data.preparing import prepared

    instruments = Instruments.model_validate(read_yaml(config_folder() / "instruments.yaml"))
    return prepared(load_settings(path), path.parent, instruments).required()


def results_of(source: Path) -> Path:
    """Return the folder of results that belongs to a source; of a settings file, ``results/<name>``, which is made.

    Raises
    ------
    DataError
        If that folder belongs to other settings.
    """
    from iatrogenesis.own_data.loading import load_settings

    if source.is_dir():
        return source
    folder = Path("results") / load_settings(source).name
    claim(folder, source)
    return folder


def posteriors(source: Path, model: str | None, dataset: str | None = None) -> dict[str, Path]:
    """Return the posteriors of a folder of results by name: one model's, or all.

    Parameters
    ----------
    source
        Such as ``results/tiny``, with ``posterior/<data set>/<model>.nc``, or ``results/my_service``, with
        ``posterior/<model>.nc``.
    dataset
        Of a study: which data set; ``routine_care`` unless said.

    Raises
    ------
    DataError
        If there is no such posterior; it says which there are.
    """
    folder = source / "posterior"
    within = folder / (dataset or "routine_care") if not any(folder.glob("*.nc")) else folder
    paths = {path.stem: path for path in sorted(within.glob("*.nc"))}
    chosen = paths if model is None else {name: path for name, path in paths.items() if name == model}
    if not chosen:
        raise DataError(
            f"{within}: no posterior{f' {model}' if model else ''} here (there: {', '.join(paths) or 'none'})."
        )
    return chosen
