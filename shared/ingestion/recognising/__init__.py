"""Which feed a file belongs to, in which version, and how sure that is."""
