"""Proof that nothing was altered: salted digests, the public chain, signed heads, where they are anchored, verification."""
