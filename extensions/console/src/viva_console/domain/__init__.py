"""What the console speaks about: interviews, rooms, receipts, runs, and the views of them; no I/O."""
