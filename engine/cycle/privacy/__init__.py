"""People's data: who has read it, what a person may take along or have corrected, and when it goes. Source: DOMAIN 6.3 to 6.5."""
