"""Blob triggers with the Event Grid source, and Event Grid triggers: polled, delivered, receipted."""
