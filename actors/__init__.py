"""Decides and remembers: one actor a file, its messages at the top of it."""
