"""What models are fitted to, checked before any sampler sees it, and the posteriors that come back."""
