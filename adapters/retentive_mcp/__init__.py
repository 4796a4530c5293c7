"""Retentive for the Model Context Protocol."""
