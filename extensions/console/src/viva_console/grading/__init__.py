"""How the console uses the grader's library: a port, and the library behind it."""
