"""Histories run again through engine and releases: badges, jobs over thousands, and the sample replayed before a new version starts."""
