"""From readings to incidents, from incidents to orders, and from confirmed orders to the people who carry them out."""
