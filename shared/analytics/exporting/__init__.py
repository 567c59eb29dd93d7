"""Exports: what a view or a question shows, as a file for spreadsheets (CSV) or for tools (Parquet)."""
