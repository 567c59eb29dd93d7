"""Items compiled for scoring, and their sessions."""
