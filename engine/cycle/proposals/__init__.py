"""What personnel may propose from a year's results: allowance factors for payroll, and career steps."""
