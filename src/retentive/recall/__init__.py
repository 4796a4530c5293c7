"""The path from a question to ranked memories and to a block for the prompt."""
