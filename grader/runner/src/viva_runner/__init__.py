"""The sandbox zone: receives a submission's code, executes it and answers with data."""
