"""A city in a storm, minute by minute."""
