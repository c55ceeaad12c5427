"""`python -m dispatch.alerts`."""

from dispatch.alerts.worker import main
from floodcore.service import run

if __name__ == "__main__":
    run("alerts", main)
