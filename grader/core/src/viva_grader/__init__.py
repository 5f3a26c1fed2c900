"""Viva's grader: questions in, grades with their evidence out; it needs neither hub nor store."""
