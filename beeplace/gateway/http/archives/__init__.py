"""Archive folders that organisers ask for: who asked, how far each is, and the process that makes it."""
