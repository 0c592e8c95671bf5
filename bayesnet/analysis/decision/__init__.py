"""Tests and decisions: expected utility, value of information, test plans."""
