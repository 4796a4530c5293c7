"""One module per command, or a few that belong together."""
