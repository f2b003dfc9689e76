"""Bernoulli CUSUM charts of therapists and services: has deterioration become more frequent than expected?

A risk-adjusted CUSUM (Steiner, Cook, Farewell & Treasure 2000, 10.1093/biostatistics/1.4.441) adds up, over finished
courses in order of their end, the evidence for odds of deterioration that are so many times those expected. Its
threshold is simulated for each unit, so that all its data raise a false alarm with a stated chance at most. "False" is
an alarm where each course had just the expected risk; a therapist who was always somewhat above it has more of them.

Expected risks come from the same courses, the unit's own and later ones among them. That makes false alarms rarer: with
a stated chance of .05, in simulations of alike clients .045 of 22 therapists with 140 courses each, .03 of a service of
1,500 that is compared with itself, .01 of one of 300. So a chart of the only service finds change over time alone, and
an alarm's date is where the evidence lay, not when it could have been known.
"""

from iatrogenesis.own_data.surveillance.cusum import sentences, tables

__all__ = ["sentences", "tables"]
