"""The 64 expressions, compiled to functions."""
