"""Decides what people see: the candidate's few pages and the staff's."""
