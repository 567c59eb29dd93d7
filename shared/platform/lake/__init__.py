"""The lake: each tenant's fact tables, as Delta Lake tables in a blob container of its own."""
