"""Whole lives of the shipped gateway in virtual time, each from one seed: `python -m tests.simulation`."""
