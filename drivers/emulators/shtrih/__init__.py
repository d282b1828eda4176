"""An emulated fiscal register that speaks the Штрих-М protocol: for tests and training, no fiscal device."""

from drivers.emulators.shtrih.drive import DriveCorrupt
from drivers.emulators.shtrih.register import EmulatedRegister

__all__ = ["DriveCorrupt", "EmulatedRegister"]
