"""Guess from names and values which column of a file is what, and write the guess down as settings."""
