"""Doubles of a simulated world, for tests."""
