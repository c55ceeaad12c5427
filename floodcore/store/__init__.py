"""Adapters to the database. SQL lies in named files; driver errors are translated here and nowhere else."""
