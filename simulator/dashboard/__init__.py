"""The planner's page: move a lever, see what changes; its own room, and the only one that knows Panel."""
