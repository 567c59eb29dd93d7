"""The values of QTI: their types, and how they are written."""
