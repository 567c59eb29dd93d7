"""A real SFTP server over the container `drops`: in the cloud the storage account's own SFTP endpoint.

Each login is a tenant that proves itself by one of the public keys in its record and sees its own folder.
There is no shell, no forwarding, no password.
"""
