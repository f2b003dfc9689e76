"""Exact posteriors where some clients belong to two therapists, without a Markov chain.

Therapists who share clients are not independent given the common parameters, so their effects do not integrate out one
by one. But the link is weak: a referred client says a little about the sum of two effects. So therapists are taken in
turn. Each one's effect is drawn from its own one-dimensional distribution given those already drawn, with the others at
their mode; what that leaves out is one factor per referred client, and goes into the importance weight. Where nobody is
referred there is nothing left out, and this is the engine `collapsed`.

`sequence` takes the therapists in turn, `target` is the density, `laplace` finds where the posterior lies, by Newton
steps on coefficients and all effects at once, and `engine` puts draws together.
"""
