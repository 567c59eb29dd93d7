"""Cosmos triggers: the change feed, read in turns that leases guard."""
