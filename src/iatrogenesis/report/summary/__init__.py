"""The summary in two pages, for people who read nothing else: what it finds, its pictures, and its form on paper.

Numbers come from ``tables/numbers.json`` alone, on the page and in its pictures; how much there is of everything, which
the diagram of the design shows, from there and from the study's configuration. A sentence whose direction depends on
the numbers is chosen by them (`iatrogenesis.report.summary.findings`).
"""
