"""`python -m dispatch`."""

from dispatch.service import main
from floodcore.service import run

if __name__ == "__main__":
    run("dispatch", main)
