"""One module a figure: tables in, a matplotlib figure out, no file opened."""
