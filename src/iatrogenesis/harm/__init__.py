"""What routes of harm cause and what preventions avert, by counterfactual twins; sensitivity to assumptions."""
