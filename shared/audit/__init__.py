"""The audit: who did or was refused what, for which tenant, in chains that show every later change."""
