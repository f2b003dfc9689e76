"""Whether a fit can be believed: convergence, predictive checks, calibration, agreement, recovery, sensitivity to priors."""
