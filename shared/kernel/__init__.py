"""What every part of Termtide may rely on: identifiers, time, errors, events and the tenant scope.

Standard library only, so that importing it costs nothing at a cold start.
"""
