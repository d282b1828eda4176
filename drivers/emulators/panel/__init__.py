"""The page of an emulated register: how it stands, what it printed, and a button for everything that can go wrong."""
