"""The district simulator: files of every feed from the feeds' own mapping files, inverted, and their truth.

The truth is written down from what is put into a file, never by reading the file again.
"""
