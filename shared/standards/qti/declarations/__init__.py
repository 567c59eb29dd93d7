"""Declarations of variables: types, defaults, correct responses, mappings and lookup tables."""
