"""Service Bus: one client per process that sends for everybody."""
