"""The same rules as an ordinary Mesa model, written apart from the engine: to check and to time it."""

from benchmarks.mesa_reference.model import SocialServices

__all__ = ["SocialServices"]
