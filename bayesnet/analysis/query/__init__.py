"""Questions about probabilities: evidence, posteriors, joint tables, counterfactuals, samples."""
