"""Reading documents from servers that tenants name: never from inside our own network."""
