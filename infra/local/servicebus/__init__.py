"""A Service-Bus-compatible broker: AMQP 1.0 as azure-servicebus speaks it, durable in one SQLite file.

Layers, each using only those before it: `amqp` (codec), `entities` (queues, topics, sessions; no I/O),
`storage` (the file), `protocol` (connections and links), `server` (the process).
"""
