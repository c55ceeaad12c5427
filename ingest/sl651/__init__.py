"""SL 651-2014: hydrological stations over TCP, into the same memory as everything else."""
