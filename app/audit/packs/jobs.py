"""Jobs of packs."""
