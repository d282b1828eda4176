"""A register behind the vendor's АТОЛ web server, emulated: for tests and training, no fiscal device."""
