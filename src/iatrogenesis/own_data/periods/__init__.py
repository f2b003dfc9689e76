"""Several periods: how much of the differences between therapists lasts, and how much changes from one to the next."""

from iatrogenesis.own_data.periods.drift import COLUMNS, table

__all__ = ["COLUMNS", "table"]
