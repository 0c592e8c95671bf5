"""Why an answer is what it is: likelihood ratios, Shapley values, conflict, active paths."""
