"""Fitting what nobody knows to published facts, and holding the model against those it was not fitted to."""
