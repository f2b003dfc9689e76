"""Numbers of things in sentences."""


def many(count: int, thing: str, one: str = "", several: str = "") -> str:
    """Return a count with its noun and, where given, the verb that goes with it: 1 cell was, 2 cells were."""
    verb = one if count == 1 else several
    return f"{count:,} {thing}{'' if count == 1 else 's'}{f' {verb}' if verb else ''}"
