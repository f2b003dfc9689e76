"""Counts by unit and period: how units differ, what comes next, and how well that was forecast before."""

from iatrogenesis.own_data.services.answers import tables
from iatrogenesis.own_data.services.forecasting import forecast
from iatrogenesis.own_data.services.nhs_file import read_counts

__all__ = ["forecast", "read_counts", "tables"]
