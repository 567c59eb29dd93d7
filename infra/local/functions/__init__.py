"""The local Functions host: serves an app's triggers on a laptop as the cloud's host does.

Microsoft's engine (`azure-functions-runtime`) indexes the app and converts bindings; this package adds what
the platform adds around it: HTTP routes, listeners, `host.json`, keys, retries, leases and receipts.
"""
