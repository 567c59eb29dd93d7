"""Interactions: a typed view of what an item asks, what may be answered, and how answers are read."""
