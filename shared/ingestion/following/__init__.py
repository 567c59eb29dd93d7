"""What may be asked about ingests: states, pace, freshness, rejects, and the record behind a fact."""
