"""One register: the actor that owns it, and how it finds out what became of a receipt."""
