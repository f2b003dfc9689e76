"""A generated part of a page that is otherwise written by hand, between two marks."""


def with_part(page: str, name: str, marks: tuple[str, str], text: str) -> str:
    """Return the page with what is between its marks replaced; ``name`` is what an error calls the page.

    Raises
    ------
    ValueError
        If the two marks are not there.
    """
    start, end = marks
    before, first, rest = page.partition(start)
    _, last, after = rest.partition(end)
    if not (first and last):
        raise ValueError(f"{name} has no {start} ... {end}")
    return f"{before}{start}\n\n{text}\n\n{end}{after}"
