"""The daily log: what people note of their work, day by day, until the period's report is sent (DOMAIN 2.6)."""
