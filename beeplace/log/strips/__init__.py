"""The log as columns: placements by where they are, for questions about an area among millions of them."""
