"""The simulator written a second time, from docs/simulator.md and docs/routes.md, one client at a time."""
