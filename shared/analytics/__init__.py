"""Analytics: committed facts become rollups, and rollups answer dashboards without being computed.

`folding` and what folds items, rosters and standards load Polars and belong to ingest functions only;
`serving`, `views`, `policies` and `ports` are on the HTTP role's import path and stay light.
"""
