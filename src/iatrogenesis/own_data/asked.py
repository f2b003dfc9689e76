"""What the settings ask of the analysis: refused before anything runs, where no analysis knows it."""

from pathlib import Path

from iatrogenesis.core.tables import DataError
from iatrogenesis.own_data.settings import OwnData


def refuse_what_no_analysis_knows(settings: OwnData, path: Path) -> None:
    """Raise a `DataError` on models or priors that there are not, or that are not allowed.

    Parameters
    ----------
    path
        The settings file, for errors.
    """
    asked = settings.analysis
    try:
        if asked.models:  # imported only where they are named: it takes a second
            from iatrogenesis.own_data.analysis.choose import refuse_unknown_models

            refuse_unknown_models(settings)
        if asked.priors:
            from iatrogenesis.own_data.analysis.fits import priors_of

            priors_of(settings)
    except DataError as error:
        raise DataError(f"{path}: {error}") from None
