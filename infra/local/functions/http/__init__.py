"""The HTTP side of the host: route table, keys, and the ASGI application."""
