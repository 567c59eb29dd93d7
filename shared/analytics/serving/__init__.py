"""Stored rollups become answers: shaped for who asks, withheld where groups are small, listed, compared."""
