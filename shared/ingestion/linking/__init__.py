"""Linking: whoever systems know under different identifiers is found to be one person of the roster.

Facts name people by pseudonyms of the system that knows them. Here the identifiers of a system's people are
compared with those of the roster, all pairs of columns; the pair that finds most people links them. Facts
stay as they are: readers resolve them through the table of links, which has versions as every table has.
"""
