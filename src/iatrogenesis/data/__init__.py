"""Tables and posteriors: reading, writing and checking them; two published examples to check against."""
