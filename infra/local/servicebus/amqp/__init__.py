"""AMQP 1.0 codec: values, frames, performatives, delivery states, message sections; no I/O."""
