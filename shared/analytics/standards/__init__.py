"""Rollups by standard: what results come to on the line items that are aligned to a learning objective.

Flat, by the identifier that files state: which standards are parts of others is not known here.
"""
