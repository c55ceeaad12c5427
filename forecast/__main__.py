"""`python -m forecast`."""

from floodcore.service import run
from forecast.service import main

if __name__ == "__main__":
    run("forecast", main)
