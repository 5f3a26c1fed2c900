"""What the console speaks about: interviews, rooms, receipts, runs and views of them; no I/O."""
