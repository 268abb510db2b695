"""Retention and erasure: rules by data class, legal holds, dry runs, signed reports, tombstones (C-061 art. 19, 47)."""
