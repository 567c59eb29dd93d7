"""Documents and packages, written."""
