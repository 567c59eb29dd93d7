"""QTI 1.2 (questestinterop) as its vendors write it: read into trees of QTI 3.0, written for Canvas."""
