"""Engine `collapsed`: exact posteriors of one-way random-intercept logistic models, without a Markov chain.

Given coefficients and therapist SD, therapists are independent, and each is a one-dimensional integral. So the
posterior of the few common parameters is known up to a constant; it is sampled by importance from a proposal that
follows it closely, and each therapist's effect is then drawn from its own one-dimensional conditional.

`marginal` integrates, `proposal` finds where the posterior lies, `engine` puts draws together.
"""
