"""Experiments: replications, where results are kept, comparisons."""
