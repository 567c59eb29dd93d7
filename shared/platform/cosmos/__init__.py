"""Cosmos DB: one client per process, tenant-scoped containers, and the repositories built on them."""
