"""The inbound edge: thin functions, one module per context and trigger family, no rules."""
