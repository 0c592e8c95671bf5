"""Exact inference on `Factors`: evidence in, posteriors, joints, derivatives, cohorts and explanations out."""
