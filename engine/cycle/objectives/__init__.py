"""What the organisation wants: goals and objectives, indicators with manuals, agreements of units, who plays which part."""
