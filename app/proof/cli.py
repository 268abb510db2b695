"""Commands: verify, anchors and keys."""
