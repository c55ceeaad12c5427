"""Rain: design storms, moving cells, fronts, and the constructed storms of record."""
