"""Durability: one SQLite file holds everything that must survive the end of the process."""
