"""Results: frozen, plain labelled numbers that print with header, table and footer, and become a frame or JSON."""
