"""EPA SWMM 5.2 behind one door."""
