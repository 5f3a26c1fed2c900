"""Decides how a room's two databases are told apart: one to practise on, one for the interview.

Each is an instance of its own. The interview's admits nobody until the console says that the
interview has begun; the practice's exists only while somebody practises. One address leads to both:
whoever connects comes to the practice where there is one, and to the interview's otherwise.
"""

from enum import StrEnum

ROLE = "candidate"
PORT = 5432
PRACTICE_PORT = 5433
# PostgreSQL's own file of who may enter, and what it says while nobody may.
RULES = "pg_hba.conf"
NOBODY = "local all all reject\n"
# Practice data weighs 20 MiB; a candidate may fill the rest.
PRACTICE_DISK_MIB = 96


class Stage(StrEnum):
    """Which database the candidate may enter now."""

    PRACTICE = "practice"
    INTERVIEW = "interview"


def address(fixture: str, sockets: str) -> str:
    """Give the address of a candidate's database, as SQLAlchemy reads it.

    Parameters
    ----------
    fixture : str
        The fixture's slug; both databases are called so.
    sockets : str
        The folder of their sockets, as the candidate sees it.
    """
    query = f"host={sockets},{sockets}&port={PRACTICE_PORT},{PORT}"
    return f"postgresql+psycopg://{ROLE}@/{fixture}?{query}"


def socket_name(port: int) -> str:
    """Give the name of PostgreSQL's socket for a port."""
    return f".s.PGSQL.{port}"
