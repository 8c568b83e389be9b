"""The front door: the engine and its year, the values they take and give, the errors they raise."""
