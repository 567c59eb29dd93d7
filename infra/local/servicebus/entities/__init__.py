"""Queues, topics, subscriptions, locks, sessions: the rules of Service Bus, without network or files."""
