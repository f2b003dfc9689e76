"""CONSORT counts: what each step left out, so that nothing is dropped silently."""

COLUMNS = ("step", "reason", "rows", "clients", "therapists")
