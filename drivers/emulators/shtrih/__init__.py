"""An emulated fiscal register that speaks the Штрих-М protocol: for tests and training, no fiscal device."""
