"""The simulator for a browser: its own NumPy code, run once with symbols, and compiled to WebAssembly."""
