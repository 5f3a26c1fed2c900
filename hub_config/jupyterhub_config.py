"""Decides nothing: loads the settings and applies them; what can be set stands in settings.py."""

from viva_hub.apply import apply
from viva_hub.settings import HubSettings

apply(c, HubSettings())  # noqa: F821 - JupyterHub runs this file with its configuration as `c`
