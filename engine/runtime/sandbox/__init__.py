"""Any draft on a virtual clock: a case in memory, acted by anyone; played paths are kept as scenarios."""
