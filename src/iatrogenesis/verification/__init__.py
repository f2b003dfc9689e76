"""Are the results what the workflow made, and do they say again what the report claims?"""
