"""How the year goes, for those who look after it: figures by unit, the people behind each figure, reminders."""
