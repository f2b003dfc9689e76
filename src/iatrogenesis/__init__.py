"""Simulate harm and help in psychotherapy with known truth, and estimate therapist effects on deterioration."""
