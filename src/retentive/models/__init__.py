"""Language models; optional, and never needed to remember or to recall."""
