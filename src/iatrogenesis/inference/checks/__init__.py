"""Checks of fits: convergence, predictive checks, calibration, agreement of engines, recovery, prior sensitivity."""
