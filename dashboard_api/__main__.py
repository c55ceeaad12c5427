"""`python -m dashboard_api`."""

from dashboard_api.service import main
from floodcore.service import run

if __name__ == "__main__":
    run("dashboard_api", main)
