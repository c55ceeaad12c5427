"""One real storm through every room of the house, on one machine and on a scaled clock."""
