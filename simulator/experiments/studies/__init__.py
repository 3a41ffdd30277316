"""Published designs as studies: each a plain function from a scenario and a design to a table of effects."""
