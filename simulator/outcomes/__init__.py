"""One run in, tables out: what the spells and the weekly panel say. Nothing here imports the model."""
