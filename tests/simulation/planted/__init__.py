"""Faults planted in the gateway: a simulator that does not find them proves nothing by finding nothing else."""
