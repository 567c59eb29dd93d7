"""Bytes into records: containers, encodings, quoting, lines, and where each record starts and ends."""
