"""What routes of harm cause and what preventions avert, by counterfactual twins, in every plausible world."""
