"""Decides how good a question's hidden tests are: by small faults that they must notice."""
