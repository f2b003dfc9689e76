"""Ways to compute an estimate or a posterior from a model and its data."""
