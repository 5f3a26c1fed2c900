"""The trusted end of the two-process protocol: proxies, and a codec that knows only data."""
