"""`python -m ingest.sl651`."""

from floodcore.service import run
from ingest.sl651.service import main

if __name__ == "__main__":
    run("sl651", main)
