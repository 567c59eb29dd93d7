"""Parts become rows of the tenant's tables: checked, one transaction per table, merged, compacted."""
