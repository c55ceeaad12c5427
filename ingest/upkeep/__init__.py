"""Keeps the memory in order: new readings are judged and summed up, old ones go to the archive."""
