"""Analytics: committed facts become rollups, and rollups answer dashboards by one point read each.

`folding` and the modules named after it load Polars and belong to ingest functions only; `service`, `views`,
`policies` and `ports` are on the HTTP role's import path and stay light.
"""
