"""Everything of a case or a sample in one file that proves itself: logs, diagrams, forms, answers, materials, history, verifier."""
