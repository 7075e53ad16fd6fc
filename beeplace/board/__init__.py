"""What a board is: geometry, palette, pixels, rules. No await, no I/O, no clock."""
