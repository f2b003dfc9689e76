"""From tables to numbers, and from numbers to the report."""
