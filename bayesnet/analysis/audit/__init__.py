"""Published figures and claims beside the answers of the model."""
