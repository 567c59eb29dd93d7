"""Blob Storage: one client per process, upload grants, landed files and the tenants' lakes.

The SDK is loaded by the first call that needs it, so that importing these modules costs a cold start nothing.
"""
