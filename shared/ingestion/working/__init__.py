"""A chunk becomes facts and rejects: cast, looked up, pseudonymised, sealed, written as a part."""
