"""What to learn next and what to do: expected utility, value of information, test plans."""
