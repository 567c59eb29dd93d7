"""Ingestion: a file is landed, recognised, planned, cut into chunks and worked into facts and rejects.

Records in = records accepted + records rejected, always, and each fact and each reject names the record and
byte of the file it came from. `model`, `policies`, `ports`, `events`, `uploads`, `landing` and `views` are
cheap to import; `facts`, `working` and what they use load Polars and belong to ingest functions only.
"""
