"""Content packages and cartridges: what is in them, read from zip files and folders that nobody trusts."""
