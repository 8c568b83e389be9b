"""What happens to people during a year, and the parts into which it divides the year (DOMAIN 1.4)."""
