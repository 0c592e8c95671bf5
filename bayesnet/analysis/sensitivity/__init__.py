"""Dependence of answers on the numbers: sensitivity functions, tornado, tuning, uncertainty, distances."""
