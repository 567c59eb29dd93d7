"""XML files, read safely and looked at by the names of QTI 3.0."""
