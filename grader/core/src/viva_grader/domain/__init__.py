"""What the grader speaks about: questions, submissions, evidence, grades, rubrics; no I/O."""
