"""Packages that only some uses of the library need; see ``optional-dependencies`` in pyproject.toml."""


def missing(extra: str, error: ModuleNotFoundError) -> ModuleNotFoundError:
    """Return the error to raise instead, which says what to install."""
    return ModuleNotFoundError(f"{error.name} is not installed: pip install 'iatrogenesis[{extra}]'", name=error.name)
