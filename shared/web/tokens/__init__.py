"""Access tokens: JSON Web Tokens (RFC 7519) read strictly, and the issuers' keys that verify them."""
