"""Ingestion: a file is landed, recognised, planned, cut into chunks and worked into facts and rejects.

Records in = records accepted + records rejected, always, and each fact and each reject names the record and
byte of the file it came from. `model`, `policies`, `ports`, `events`, `views`, `ways` and `following` are
cheap to import; what reads, works and commits files loads Polars and belongs to ingest functions only.
"""
