"""`python -m ingest`."""

import gc

from floodcore.service import run
from ingest.service import main

# What a message is made of is freed by counting references; looking for cycles after every 700 objects, as Python does
# unless told otherwise, found none and took a tenth of the time.
CYCLES_EVERY = 50_000

if __name__ == "__main__":
    gc.freeze()  # modules are never garbage
    gc.set_threshold(CYCLES_EVERY)
    run("ingest", main)
