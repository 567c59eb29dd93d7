"""Protocol and format libraries, usable alone: they know nothing of Termtide."""
