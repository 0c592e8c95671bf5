"""What a network holds: cards of variables and numbers, a summary, arc strengths."""
