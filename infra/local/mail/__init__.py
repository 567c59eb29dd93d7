"""A real SMTP server that stores each message as it came: in the cloud, any relay that does the same.

An address is `{tenant}@{domain}` or `{tenant}+{feed}@{domain}`. What the relay owes the application: the
message lies in the container `mail` under `{tenant}/{sha256 of its bytes}.eml`, with the address that it was
delivered to in a `Delivered-To` field on top, and with an `Authentication-Results` field of its own where it
checks senders.
"""
