"""Commands: backup and restore."""
