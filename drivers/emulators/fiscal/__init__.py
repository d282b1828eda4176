"""The fiscal drive and what stands in it, whatever the make of the register around it."""
