"""What people report: who may, who works on it, what a decision closes; and the evidence, made from the log."""
