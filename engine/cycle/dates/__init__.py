"""Changes of dates that people made a plan by: seen beforehand, then carried out, with who made them and why."""
