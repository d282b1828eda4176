"""The words: the fiscal domain, wire codecs, API schemas. No I/O, no Trio, no clock."""
