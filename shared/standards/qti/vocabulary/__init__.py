"""The names of QTI."""
