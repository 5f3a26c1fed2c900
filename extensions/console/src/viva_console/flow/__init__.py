"""What happens: one short function for each verb, from invite to report."""
