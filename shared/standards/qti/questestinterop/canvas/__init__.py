"""QTI 1.2 as Canvas reads it, written from trees of QTI 3.0."""
