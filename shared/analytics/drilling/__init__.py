"""Drill-down: single rows of a tenant's fact tables, filtered, sorted and paged, within bounds of cost."""
