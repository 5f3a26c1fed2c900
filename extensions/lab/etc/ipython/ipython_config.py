"""Decides what every kernel of the room loads: `%%sql`, and a clear answer to `%pip`."""

c = get_config()  # noqa: F821 -- IPython hands this function to its configuration files

c.InteractiveShellApp.extensions = ["viva_lab.kernel"]
c.HistoryManager.enabled = False
