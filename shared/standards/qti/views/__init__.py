"""Typed views of what content brings along and nothing here processes: catalogs, materials, scripts."""
