"""The settings that come with the wheel: what the room leaves out, and what it never asks for."""

import json
from pathlib import Path

import generate_types
import pytest

LAB = Path(generate_types.__file__).parent
JUPYTER = LAB / "etc" / "jupyter"


def settings(name: str):
    return json.loads((JUPYTER / name).read_text())


@pytest.mark.parametrize(
    "plugin",
    [
        "@jupyterlab/launcher-extension",
        "@jupyterlab/terminal-extension",
        "@jupyterlab/console-extension",
        "@jupyterlab/extensionmanager-extension",
        "@jupyterlab/pluginmanager-extension",
        "@jupyterlab/apputils-extension:announcements",
        "@jupyterlab/hub-extension",
        "@jupyterlab/settingeditor-extension",
        "@jupyterlab/application-extension:tree-resolver",
        "jupysql-plugin",
    ],
)
def test_plugin_is_left_out(plugin):
    assert settings("labconfig/page_config.json")["disabledExtensions"][plugin] is True


def test_no_news_and_no_update_check_leave_the_room():
    overrides = settings("labconfig/default_setting_overrides.json")
    notification = overrides["@jupyterlab/apputils-extension:notification"]
    assert notification == {"checkForUpdates": False, "fetchNews": "false"}
    assert settings("jupyter_lab_config.json")["LabApp"]["news_url"] is None


def test_server_loads_our_half_and_no_terminals():
    extensions = settings("jupyter_server_config.d/viva_lab.json")["ServerApp"][
        "jpserver_extensions"
    ]
    assert extensions["viva_lab"] is True
    assert extensions["jupyter_server_terminals"] is False


def test_lock_file_names_no_registry():
    assert "://" not in (LAB / "yarn.lock").read_text()


def test_folder_that_jupyter_reads_for_extensions_alone_holds_nothing_else():
    # It takes no other setting from there, and says nothing.
    only = settings("jupyter_server_config.d/viva_lab.json")
    assert {name: list(section) for name, section in only.items()} == {
        "ServerApp": ["jpserver_extensions"]
    }
