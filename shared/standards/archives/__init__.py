"""Reads zip archives of strangers; what is dangerous or damaged is refused by its directory or when inflated.

Nothing here does any input or output. What needs bytes asks for ranges and is sent them, so that files on a
disk, blobs and bytes in memory are read by one code, with and without an event loop.
"""
