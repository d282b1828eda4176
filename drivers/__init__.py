"""Talks to the world: TCP, HTTP, SQLite; also the emulators of that world. Decides nothing."""
