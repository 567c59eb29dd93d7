"""Assessment tests: their plan, the route of one candidate through it, sessions, outcome processing."""
