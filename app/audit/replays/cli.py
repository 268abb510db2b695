"""Commands: replays."""
