"""What routes of harm cause and what preventions avert, by counterfactual twins, and how far that depends on assumptions."""
