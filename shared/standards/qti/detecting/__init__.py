"""Finds out which version of QTI a document is, from four readings that may contradict each other."""
