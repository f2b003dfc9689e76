"""From posterior draws to answers: estimands, standardised rates, therapists' ranks, what-ifs."""
