"""Backups: everything of one point in time in one encrypted file, and the way back, checked against the heads outside."""
from app.backups.models import BackupRun

__all__ = ["BackupRun"]
