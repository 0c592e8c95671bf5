"""Pages: what a browser shows, each one file that loads nothing from elsewhere."""
