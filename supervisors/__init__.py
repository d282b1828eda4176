"""Keeps actors alive: restart strategies and the one-screen tree."""
