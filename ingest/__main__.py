"""`python -m ingest`."""

from floodcore.service import run
from ingest.service import main

if __name__ == "__main__":
    run("ingest", main)
