"""Scores of what networks say, and files of the networks."""
