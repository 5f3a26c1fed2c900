"""Decides how a prepared database is set up: its settings, who may enter it and what is refused."""

from enum import StrEnum
from typing import LiteralString

RECIPE_VERSION = 3

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
max_connections = 40
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


LOOKER_ROLE = "looker"


class Audience(StrEnum):
    """Whom a prepared folder is for."""

    CANDIDATE = "candidate"
    """One database, named as the fixture, with the sample; the candidate owns it."""
    GRADER = "reader"
    """A database per hidden variant, which submitted queries read and cannot change."""

    WRITER = "writer"
    """The same, for answers that change data: the writer owns the tables, the looker reads all."""

    @property
    def roles(self) -> tuple[str, ...]:
        """Who may enter."""
        return (self.value, LOOKER_ROLE) if self is Audience.WRITER else (self.value,)

    @property
    def role(self) -> str:
        """The login role of the people or programs that it is for."""
        return self.value


def access(audience: Audience, databases: tuple[str, ...]) -> str:
    """Write pg_hba.conf: its roles, its databases, the local socket, and nobody else."""
    return "".join(f"local {name} {role} trust\n" for name in databases for role in audience.roles)


ROLE_SQL: dict[Audience, LiteralString] = {
    Audience.CANDIDATE: "create role candidate login",
    Audience.GRADER: """
create role reader login;
alter role reader set default_transaction_read_only = on;
""",
    # pg_read_all_data: also what the writer made a moment ago, and would rather not show
    Audience.WRITER: """
create role writer login connection limit 2;
create role looker login in role pg_read_all_data;
alter role looker set default_transaction_read_only = on;
alter role looker set search_path = pg_catalog, public, pg_temp;
""",
}

# Every start copies all of this: what nobody enters any more need not be there.
SHRINK_SQL: tuple[LiteralString, ...] = (
    "drop database postgres",
    "alter database template0 is_template false",
    "drop database template0",
)

# What nobody needs to answer a question: to wait, lock, signal, read files, run text as SQL, ask
# for other databases of the server.
REFUSALS_SQL: LiteralString = r"""
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
                  'pg_export_snapshot', 'ts_stat', 'pg_logical_emit_message',
                  'pg_database_size', 'pg_tablespace_size', 'pg_tablespace_databases'
              )
              or p.proname ~ '^(pg_sleep|pg_advisory|pg_try_advisory|lo_|loread|lowrite)'
              or p.proname ~ '^(query|table|schema|database|cursor)_to_xml'
              or p.proname ~ '^(pg_stat_reset|pg_stat_get_db|pg_ls_|pg_read_|binary_upgrade)'
          )
    loop
        execute format('revoke execute on function %s from public', refused);
    end loop;
end
$refuse$;
revoke select on pg_catalog.pg_stat_database, pg_catalog.pg_stat_database_conflicts from public;
"""

# A query that reads is to answer the same whenever and wherever it runs: no clock, no chance, no
# counter, nothing that changes its own session or says where it is.
READER_REFUSALS_SQL: LiteralString = r"""
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
              p.provolatile = 'v'
              or p.proname in (
                  'now', 'statement_timestamp', 'transaction_timestamp', 'pg_backend_pid',
                  'pg_postmaster_start_time', 'pg_conf_load_time', 'pg_current_xact_id',
                  'txid_current', 'pg_current_snapshot', 'txid_current_snapshot',
                  'version', 'inet_client_addr', 'inet_client_port', 'inet_server_addr',
                  'inet_server_port', 'pg_relation_filepath', 'pg_relation_filenode',
                  'pg_cursor', 'pg_prepared_statement', 'pg_timezone_names',
                  'pg_timezone_abbrevs_zone'
              )
              or (p.proname = 'age' and p.pronargs = 1)
              -- a zone's offset from a time without a date is today's
              or (p.proname = 'timezone' and p.prorettype = 'timetz'::regtype)
              or p.proname ~ '^(pg_stat_get_|pg_lock_status|pg_get_wal|pg_show_)'
          )
    loop
        execute format('revoke execute on function %s from public', refused);
    end loop;
end
$refuse$;
"""

READER_SQL: LiteralString = r"""
revoke all on schema public from public;
grant usage on schema public to reader;
grant select on all tables in schema public to reader;
"""

WRITER_SQL: LiteralString = r"""
grant usage, create on schema public to writer;
"""
