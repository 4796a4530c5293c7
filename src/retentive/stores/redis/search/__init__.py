"""The server's own engines: what they are given, asked, and how they are kept up."""
