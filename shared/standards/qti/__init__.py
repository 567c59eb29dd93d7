"""QTI 1.2 to 3.0.1: detect, read, validate, score, convert. Usable alone: it needs lxml and nothing else.

All versions are looked at by the names of QTI 3.0, so one code path serves them all.
"""
