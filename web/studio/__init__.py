"""The studio: where the process owner draws processes, replaces tables and forms, and publishes.

Every view is for the role process_owner; to anybody else the studio does not exist.
"""

from web.studio import documents, moving, publishing, saving, scenarios, trying
from web.studio.room import bp

__all__ = ["bp", "documents", "moving", "publishing", "saving", "scenarios", "trying"]
