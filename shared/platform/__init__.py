"""The adapters to the services outside: the only importer of `azure.*` and `deltalake`."""
