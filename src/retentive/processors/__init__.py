"""Steps between what was said and what is stored."""
