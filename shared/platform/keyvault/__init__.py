"""Secrets: in Key Vault, or in a file of development values."""
