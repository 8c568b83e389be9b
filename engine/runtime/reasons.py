"""Why somebody did something: words that stand in the history for whoever asks later."""

from engine.errors import Refused

SHORTEST = 10  # letters


def require_reason(reason: str, what: str = "alasannya") -> str:
    """The reason, trimmed; raises Refused, naming `what` is to be written, for one that says nothing."""
    words = reason.strip()
    if len(words) < SHORTEST:
        raise Refused(f"Tulis {what}, paling sedikit {SHORTEST} huruf; itu tersimpan untuk siapa pun yang bertanya.")
    return words
