"""A service's own data: read as they come, checked, analysed, and what they could have shown."""
