"""The HTTP kernel: from a route's one declaration to authentication, limits, problems, paging and OpenAPI."""
