"""Description of a network: cards of variables and numbers, a summary, arc strengths."""
