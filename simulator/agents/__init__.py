"""The three kinds of agent: their records and what they do."""
