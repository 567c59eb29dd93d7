"""Termtide, the application: a kernel, bounded contexts, standards, and the adapters that carry them."""
