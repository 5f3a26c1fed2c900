"""Decides how a prepared database is set up: its settings, who may enter it and what is refused."""

from enum import StrEnum
from typing import LiteralString

RECIPE_VERSION = 2

INITDB = (
    *("--username=postgres", "--encoding=UTF8", "--auth=trust", "--no-sync"),
    # the same order of text on every machine, whatever its C library
    *("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
    # 1 MB of log instead of 16: most of an idle instance's size
    "--wal-segsize=1",
)

SETTINGS = """
listen_addresses = ''
unix_socket_permissions = 0777
max_connections = 12
shared_buffers = '16MB'
work_mem = '8MB'
temp_file_limit = '256MB'
# the folder is a copy that can be made again: durability would only cost time
fsync = off
synchronous_commit = off
full_page_writes = off
wal_level = minimal
max_wal_senders = 0
max_wal_size = '32MB'
min_wal_size = '2MB'
autovacuum = off
# one plan for one query, on every machine
jit = off
max_parallel_workers_per_gather = 0
cursor_tuple_fraction = 1.0
io_method = sync
shared_memory_type = mmap
dynamic_shared_memory_type = posix
# one text for one value
timezone = 'UTC'
datestyle = 'ISO, YMD'
intervalstyle = 'postgres'
extra_float_digits = 1
bytea_output = 'hex'
lc_messages = 'C'
log_timezone = 'UTC'
log_min_messages = fatal
log_min_error_statement = panic
"""


class Audience(StrEnum):
    """Whom a prepared folder is for."""

    CANDIDATE = "candidate"
    """One database, named as the fixture, with the sample; the candidate owns it."""
    GRADER = "reader"
    """A database per hidden variant, which submitted queries read and cannot change."""

    @property
    def role(self) -> str:
        """The login role of the people or programs that it is for."""
        return self.value


def access(audience: Audience, databases: tuple[str, ...]) -> str:
    """Write pg_hba.conf: one role, its databases, the local socket, and nobody else."""
    return "".join(f"local {name} {audience.role} trust\n" for name in databases)


CANDIDATE_ROLE_SQL = "create role candidate login"

READER_ROLE_SQL = """
create role reader login connection limit 4;
alter role reader set default_transaction_read_only = on;
"""

# Every start copies all of this: what nobody enters any more need not be there.
SHRINK_SQL: tuple[LiteralString, ...] = (
    "drop database postgres",
    "alter database template0 is_template false",
    "drop database template0",
)

# What a query could do besides reading: wait, lock, signal, write, run text as SQL, change its own
# limits. Nobody needs these to answer a question.
READER_REFUSALS_SQL = r"""
revoke all on schema public from public;
grant usage on schema public to reader;
grant select on all tables in schema public to reader;
do $refuse$
declare
    refused regprocedure;
begin
    for refused in
        select p.oid::regprocedure
        from pg_catalog.pg_proc as p
        where p.pronamespace = 'pg_catalog'::regnamespace
          and p.prokind = 'f'
          and (
              p.proname in (
                  'set_config', 'pg_notify', 'pg_cancel_backend', 'pg_terminate_backend',
                  'pg_export_snapshot', 'pg_current_xact_id', 'txid_current', 'ts_stat',
                  'pg_logical_emit_message', 'nextval', 'setval'
              )
              or p.proname ~ '^(pg_sleep|pg_advisory|pg_try_advisory|lo_|loread|lowrite)'
              or p.proname ~ '^(query|table|schema|database|cursor)_to_xml'
              or p.proname ~ '^(pg_stat_reset|pg_ls_|pg_read_|binary_upgrade)'
          )
    loop
        execute format('revoke execute on function %s from public', refused);
    end loop;
end
$refuse$;
"""
