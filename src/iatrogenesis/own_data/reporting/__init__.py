"""The report of an analysis of own data: one page, from its tables alone, and the same as a document."""
