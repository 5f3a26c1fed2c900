"""What stands on the shelves: questions, SQL fixtures and rubrics, loaded and validated."""
