"""Committed facts become rollups: touched groups are computed anew from the snapshot, never counted on."""
