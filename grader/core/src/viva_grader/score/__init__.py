"""Decides what points, levels and shares add up to: pure arithmetic, each formula sourced."""
