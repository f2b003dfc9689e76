"""What fits and simulations say: estimands, diagnostics, performance, patterns."""
