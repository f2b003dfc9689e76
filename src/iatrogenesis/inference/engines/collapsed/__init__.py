"""Engine `collapsed`: exact posteriors of models whose effects integrate out, without a Markov chain.

Given the common parameters, therapists (or services with their therapists) are independent, and each is an integral in
one dimension (or two, one inside the other). So the posterior of the few common parameters is known up to a constant;
it is sampled by importance from a proposal that follows it closely, and each effect is then drawn from its own
conditional distribution.

The plain random intercept: `marginal` integrates, `target` is the density, `proposal` finds where it lies, `plain`
draws. Others: `nested`, `rated`, `skewed` and `classes` integrate, `coordinates` is the density, `adaptive` finds where
it lies, `general` draws. `engine` puts draws together.
"""
