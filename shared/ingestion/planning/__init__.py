"""One pass over a landed file: surveyed, told from duplicates, cut into chunks, its versions pinned."""
