"""Views for teaching, for any question on the whole network: natural frequencies, and what dependence of findings is worth."""
