"""Measurements, as ratios in one run: machines are noisy, and a figure alone says little."""
