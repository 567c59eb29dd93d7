"""Files of this machine, for tools that need no services."""
