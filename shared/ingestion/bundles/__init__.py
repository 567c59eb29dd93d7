"""Bundles: what a district's own appliance makes of a file, signed, and what is checked before it counts."""
