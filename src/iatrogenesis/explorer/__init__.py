"""The explorer: one page on which people who do not program move sliders over simulated services."""
