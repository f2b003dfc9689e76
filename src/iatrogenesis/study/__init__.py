"""One run: its validated configuration, the files that its rules depend on, and the documents generated from both."""
