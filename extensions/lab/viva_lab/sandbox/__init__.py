"""Decides how a candidate's server works within walls that the embedded spawner made.

Nothing here is the wall: that is namespaces. These modules let a server live without a network.
"""

from viva_lab.lean import leave_out

# Before any module of this package imports the server.
leave_out()
