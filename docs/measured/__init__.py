"""What the pages tell of each benchmark; see docs/figures.py."""
