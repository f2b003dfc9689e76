"""The analysis of prepared tables: models that the columns allow, their fits, and all tables of answers."""
