"""Commands: exports and audit packs."""
