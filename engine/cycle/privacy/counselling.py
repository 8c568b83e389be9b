"""The agency's key of counselling: apart from the key of all cases, outside the database, changed without opening a note."""

from engine.runtime.access import require_role
from engine.runtime.resources import Resources
from engine.runtime.secret_keys import wrap_again
from engine.runtime.values import Actor


class CounsellingKeys:
    """Nobody reads a note by this; only the wrapping of keys changes."""

    def __init__(self, resources: Resources) -> None:
        self._resources = resources

    def rotate(self, *, by: Actor) -> int:
        """Wrap the key of each case's secret answers with the newest key of the settings; gives how many were left.

        Raises:
            NotYours: the actor is no operator.
            Unsealable: one was wrapped with a key that is not in the settings; nothing is changed.
        """
        require_role(by, "operator")
        return self._resources.write(lambda connection: wrap_again(self._resources.secrets, connection))
