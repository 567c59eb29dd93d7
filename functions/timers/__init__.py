"""Functions that the clock starts."""
