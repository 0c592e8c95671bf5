"""Many cases at once: scores, calibration, net benefit."""
