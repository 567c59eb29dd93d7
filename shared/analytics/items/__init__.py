"""Item analysis: how the items of an assessment worked, by classical test theory.

`answers` picks the answers that count, `presence` and `tally` add them up in exact integers, `figures` makes
figures of the sums, `flags` judges them, `analysis` puts them together. The rules behind the figures are in
docs/decisions/0090.
"""
