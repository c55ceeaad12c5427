"""From the broker to the memory: every reading once, whatever is killed on the way."""
