"""The simulated world: who comes, what happens week by week, what is seen of it."""
