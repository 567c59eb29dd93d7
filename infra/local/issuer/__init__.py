"""A small OpenID Connect provider for a laptop: the application trusts it as it trusts any other issuer."""
