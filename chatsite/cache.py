"""The cache of a site with Redis: what counts attempts must go on counting while Redis is down."""

import time
from typing import Any, ClassVar, Final

import structlog
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)

PAUSE_SECONDS: Final = 5.0


class RedisOrMemory(RedisCache):
    """Redis; for a few seconds after each failure this process's own memory instead, without waiting for Redis."""

    redis_again_at: ClassVar[float] = 0.0

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._memory = LocMemCache("while-redis-is-down", {**params, "OPTIONS": {}})

    def _either(self, operation: str, *args: Any, **kwargs: Any) -> Any:
        if time.monotonic() >= RedisOrMemory.redis_again_at:
            try:
                return getattr(super(), operation)(*args, **kwargs)
            except (RedisError, OSError) as error:
                RedisOrMemory.redis_again_at = time.monotonic() + PAUSE_SECONDS
                log.warning("redis does not answer; limits are counted in this process", error=str(error))
        return getattr(self._memory, operation)(*args, **kwargs)

    def add(self, *args: Any, **kwargs: Any) -> Any:
        """Set a key that is not there."""
        return self._either("add", *args, **kwargs)

    def get(self, *args: Any, **kwargs: Any) -> Any:
        """Return a key's value."""
        return self._either("get", *args, **kwargs)

    def set(self, *args: Any, **kwargs: Any) -> Any:
        """Set a key."""
        return self._either("set", *args, **kwargs)

    def touch(self, *args: Any, **kwargs: Any) -> Any:
        """Keep a key for longer."""
        return self._either("touch", *args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        """Remove a key."""
        return self._either("delete", *args, **kwargs)

    def has_key(self, *args: Any, **kwargs: Any) -> Any:
        """Tell whether there is a key."""
        return self._either("has_key", *args, **kwargs)

    def incr(self, *args: Any, **kwargs: Any) -> Any:
        """Count a key up."""
        return self._either("incr", *args, **kwargs)

    def clear(self) -> Any:
        """Remove all keys."""
        return self._either("clear")
