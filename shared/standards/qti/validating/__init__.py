"""Says what in a document breaks QTI: its structure always, its schema where that is at hand."""
