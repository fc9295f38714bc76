"""Where the names of static files come from."""

from typing import Any

from servestatic.storage import CompressedManifestStaticFilesStorage


class HashedOnceCollected(CompressedManifestStaticFilesStorage):
    """Hashed names once `collectstatic` has run, plain names before it (a fresh clone, tests)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.manifest_strict = False

    def stored_name(self, name: str) -> str:
        """Return the hashed name of the file `name`, or `name` itself when nothing has been collected."""
        return super().stored_name(name) if self.hashed_files else name
