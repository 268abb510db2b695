"""Jobs of replays."""
