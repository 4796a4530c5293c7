"""Built-in scorers: each gives one signal about how well a row answers a query."""
