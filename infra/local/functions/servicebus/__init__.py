"""Service Bus triggers: queues and subscriptions, with and without sessions, one by one or in batches."""
