"""What a run says, for people: figures and reports made from its tables."""
