"""Bernoulli CUSUM charts of therapists and services: has deterioration become more frequent than expected?

A risk-adjusted CUSUM (Steiner, Cook, Farewell & Treasure 2000, 10.1093/biostatistics/1.4.441) adds up, over finished
courses in order of their end, the evidence for odds of deterioration that are so many times those expected. Its
threshold is simulated for each unit, so that all its data raise a false alarm with a stated chance.
"""

from iatrogenesis.own_data.surveillance.cusum import sentences, tables

__all__ = ["sentences", "tables"]
