"""How deep the water will be, from what the room knew at the issue time and from nothing else."""
