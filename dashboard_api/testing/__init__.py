"""A room for tests: five streets, real engines, and the service on a port of its own."""
