"""Functions that blobs start."""
