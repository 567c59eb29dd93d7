"""Connections, AMQP sessions and links, and the request nodes `$cbs` and `$management`."""
