"""Working memory of a session: what stands in the prompt, and what leaves it."""
