"""Tables, simulated or a service's own, in the forms that other programs read, with what each column means.

Everything said about a column comes from one codebook, `config/codebook.yaml`.
"""
