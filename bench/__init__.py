"""Speed and memory, measured beside a floor and beside peers in one run: `make bench`."""
