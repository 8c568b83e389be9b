"""What the year puts on paper: composed from what was recorded, issued in versions, checked by anybody with its code."""
