"""Tells the crews: one push for each confirmed order, through whatever channels the room and the team have."""
