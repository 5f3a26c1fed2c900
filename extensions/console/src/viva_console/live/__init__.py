"""The recorder: what happens in notebooks, as it happens, on the trusted side's clock."""
