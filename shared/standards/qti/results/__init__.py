"""Results reporting: what candidates did and got, and the statistics of items."""
