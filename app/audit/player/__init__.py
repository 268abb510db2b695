"""One case from its first event to its last, as plain facts: what an auditor's player, an audit pack and the marks of suspicion read."""
