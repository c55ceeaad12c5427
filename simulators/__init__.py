"""A city in a storm, on the scale of a desk: fleets of sensors and crews that speak only MQTT and HTTP."""
