"""Doubles that ship with the code, and the small world that every test knows."""
