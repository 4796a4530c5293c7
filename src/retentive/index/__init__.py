"""The replica: a columnar copy of a namespace in this process, fed by its store."""
