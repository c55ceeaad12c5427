"""The roof: command line, supervisor, embedded database and broker; knows all services, imported by none."""
