"""Tenants: who they are, which policies they live under, and who may act for them."""
