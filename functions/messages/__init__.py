"""Functions that messages and change feeds start."""
