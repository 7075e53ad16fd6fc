"""Who may use which route, by which key."""
