"""Scenarios run on the real engine, through the real operations, in a throw-away database.

The command line, the publish gate and the tests use it. It stands above the operations and knows no request.
"""
from app.scenarios.folder import FolderOutcome, publish_folder, run_bundle, run_folder
from app.scenarios.runner import Outcome

__all__ = ["FolderOutcome", "Outcome", "publish_folder", "run_bundle", "run_folder"]
