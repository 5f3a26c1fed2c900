"""The console: interviews, their record, their grading and their reports, for staff."""
