"""How long things are kept in a lake: retention of facts, tombstones, and blobs that nobody reads."""
