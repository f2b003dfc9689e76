"""NHS Talking Therapies data set, version 2.1: from its tables to courses and sessions.

The tables are those that NHS England gives back to services or that a service's system writes, one file each; names of
fields are matched without regard to case, further fields are ignored. What is known of them is from NHS England's
published model (github.com/nhsengland/Reusable-Code-Library, `iapt_v2_1_base.py`) and its published SQL
(github.com/nhsengland/Talking-Therapies).
"""

from iatrogenesis.own_data.nhs.mapping import mapped

__all__ = ["mapped"]
