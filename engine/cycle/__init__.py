"""The performance year of civil servants: people, calendar, ratings, and what diagrams call."""
