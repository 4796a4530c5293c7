"""Built-in stores: in process, and SQLite."""
