"""What stands still, was held or was rejected is asked for again."""
