"""The grader's verbs: each loads, asks, and puts together; it chooses no concrete class."""
