"""`python -m ingest.upkeep`."""

from floodcore.service import run
from ingest.upkeep.service import main

if __name__ == "__main__":
    run("upkeep", main)
