"""Search over cases and events, searches that are kept, and random samples that anybody can draw again."""
