"""The candidate zone: the panel's server half and the kernels' settings."""

# Jupyter looks both up by name.
__all__ = ["_jupyter_labextension_paths", "_jupyter_server_extension_points"]


def _jupyter_labextension_paths() -> list[dict[str, str]]:
    """Tell JupyterLab where the panel stands (used by `jupyter labextension develop`)."""
    return [{"src": "labextension", "dest": "viva-lab"}]


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    """Tell the Jupyter server which module loads the server half."""
    return [{"module": "viva_lab.handlers"}]
