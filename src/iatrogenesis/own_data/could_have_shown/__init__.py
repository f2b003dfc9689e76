"""What these data could have shown: outcomes of known truth, simulated for a service's own clients and list sizes."""

from iatrogenesis.own_data.could_have_shown.simulated import CEILING, ERROR_RATES, tables

__all__ = ["CEILING", "ERROR_RATES", "tables"]
