"""What remains of an evening, for everyone: its pieces, its figures, its pictures."""
