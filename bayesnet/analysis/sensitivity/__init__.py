"""How answers depend on the numbers: sensitivity functions, tornado, tuning, uncertainty, distances."""
