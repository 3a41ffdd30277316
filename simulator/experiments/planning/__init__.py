"""Which option does best: a choice that is right with a stated probability, and what not knowing costs."""
