"""Diagnoses ranked, scenarios compared, weights of evidence."""
