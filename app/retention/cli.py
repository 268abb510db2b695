"""Commands: runs of retention."""
