"""What a feed's mapping file may say, and how it is laid over the columns of a file."""
