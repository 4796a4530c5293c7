"""Lets ``python -m retentive.cli`` run where the script is not on the path."""

from retentive.cli import main

main()
