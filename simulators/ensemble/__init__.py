"""Data sets: simulated storms as event packs, with the truth beside them."""
