"""PostgreSQL for graders and candidates: prepared data folders, instances, limited queries."""
