"""`python -m onemap` is the command line."""

from onemap.cli import main

main()
