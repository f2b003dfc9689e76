"""The simulated service: scenarios, people, mechanisms, preventions, the calendar, and what is seen of it."""
