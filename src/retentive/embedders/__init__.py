"""Built-in embedders; each imports what it needs when it is made."""
