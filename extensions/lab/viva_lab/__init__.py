"""The candidate zone: the panel's server half and the kernels' settings."""
