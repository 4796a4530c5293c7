"""Retentive for LangChain and LangGraph."""
