"""Decides which authenticator class runs: the operator's, or none, with the links added to it."""

# JupyterHub carries no types; what comes out of it is checked by the tests instead.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportIncompatibleMethodOverride=false

import inspect

from jupyterhub.auth import Authenticator
from traitlets import import_item

from viva_hub.authenticator.link_login import LinkLogin, LinksOnly


class VivaAuthenticator(LinkLogin, LinksOnly):
    """Links only: what runs when no other authenticator is set."""


def authenticator_class(dotted_name: str | None) -> type[LinkLogin]:
    """Give the class that logs people in.

    Parameters
    ----------
    dotted_name : str or None
        Import path of any JupyterHub authenticator for staff, for example
        ``oauthenticator.generic.GenericOAuthenticator``.

    Returns
    -------
    type
        That class with the two links added. It keeps the class's name, so that the operator's
        ``c.<Class>.<trait>`` settings mean what the class's documents say.

    Raises
    ------
    ValueError
        If the path names no authenticator class.
    """
    if dotted_name is None:
        return VivaAuthenticator
    staff_class: object = import_item(dotted_name)
    if not inspect.isclass(staff_class) or not issubclass(staff_class, Authenticator):
        raise ValueError(f"VIVA_STAFF_AUTHENTICATOR={dotted_name} is no JupyterHub authenticator")
    return type(staff_class.__name__, (LinkLogin, staff_class), {"__doc__": staff_class.__doc__})
