"""TimescaleDB and Mosquitto of our own, unpacked from Debian's packages without touching the system."""
