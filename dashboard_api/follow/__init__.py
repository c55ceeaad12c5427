"""Follows the database: at every hint from the bus, and by polling, as hints may be lost."""
