"""Settings in a plain tree, by their paths: `caseload.limit` is `tree["caseload"]["limit"]`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def value_at(tree: Mapping[str, Any], path: str) -> Any:  # noqa: ANN401  (a setting holds anything)
    """Return what stands at a path of a tree of settings, or None."""
    node: Any = tree
    for part in path.split("."):
        node = node.get(part) if isinstance(node, Mapping) else None
    return node


def put(tree: dict[str, Any], path: str, value: object) -> None:
    """Set what stands at a path, where all above it is there already."""
    *above, last = path.split(".")
    node: Any = tree
    for part in above:
        node = node[part]
    node[last] = value
