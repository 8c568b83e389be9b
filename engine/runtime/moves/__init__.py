"""Running cases on another release: what would happen to each, doing it, and taking it back."""
