"""`python -m gateway.cli`: how the supervisor starts its children."""

from gateway.cli import main

main()
