"""Citations by author and year, and the list of what a page has cited."""

from collections.abc import Mapping

from markupsafe import Markup

from iatrogenesis.core.references import Reference


class Cited:
    """What one page cites, in text or in brackets.

    Parameters
    ----------
    references
        The bibliography by key.
    """

    def __init__(self, references: Mapping[str, Reference]) -> None:
        self.references = references
        self.keys: set[str] = set()

    def narrative(self, key: str) -> Markup:
        """As part of a sentence: Saxon et al. (2017); raises KeyError for a key that the bibliography does not have."""
        names, _, year = self._called(key)
        return Markup('<a href="#source-{}">{} ({})</a>').format(key, names.replace(" & ", " and "), year)

    def bracketed(self, *keys: str, first: str = "") -> Markup:
        """In brackets: (Saxon et al., 2017; Swift & Greenberg, 2012); in the order of names, after other words."""
        called = sorted((*self._called(key), key) for key in keys)
        links = [Markup('<a href="#source-{}">{}, {}</a>').format(key, names, year) for names, _, year, key in called]
        return Markup("({})").format(Markup("; ").join([first, *links] if first else links))

    def listed(self) -> list[Reference]:
        """What has been cited so far, in the order of the bibliography."""
        return [one for key, one in self.references.items() if key in self.keys]

    def _called(self, key: str) -> tuple[str, str, str]:
        self.keys.add(key)
        return self.references[key].short.rpartition(" ")
