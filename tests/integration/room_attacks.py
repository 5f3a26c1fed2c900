"""Decides what a hostile candidate tries with their database and disks: lines to run as they are.

Each prints ``gained`` or ``refused``. They are the same in both deployments, and in the place
where one defence is missing and they must succeed.
"""

# What a candidate asks of their own database to get out of it, and what it must answer.
QUERY = """
import psycopg
try:
    with psycopg.connect('host=/pg user=candidate dbname=shop', autocommit=True) as connection:
        cursor = connection.execute({query!r})
        print('gained', cursor.fetchone() if cursor.description else cursor.statusmessage)
except psycopg.Error as error:
    print('refused', error.sqlstate, str(error).splitlines()[0])
"""
LOGIN = """
import psycopg
try:
    psycopg.connect({address!r}, connect_timeout=3).close()
    print('gained')
except psycopg.Error as error:
    print('refused', str(error).splitlines()[0])
"""
QUERIES = {
    "COPY PROGRAM": "copy (select 1) to program 'cat > /dev/null'",
    "COPY to a file": "copy (select 1) to '/tmp/gained'",
    "pg_read_file": "select pg_read_file('PG_VERSION')",
    "pg_ls_dir": "select pg_ls_dir('.')",
    "large object from a file": "select lo_import('/etc/passwd')",
    "large object to a file": "select lo_from_bytea(70000, 'x');"
    " select lo_export(70000, '/dev/null')",
    "an extension": "create extension vector",
    "foreign data": "create foreign data wrapper other",
    "library of the system": "create function handler() returns language_handler language c"
    " as '$libdir/plpgsql', 'plpgsql_call_handler'",
    "superuser": "alter role candidate superuser",
    "becoming the superuser": "set role postgres",
    "new role": "create role other superuser login",
    "settings of the superuser": "alter role postgres set work_mem = '1GB'",
    "another database": "create database other template shop",
    "the template": "alter database template1 connection limit 5",
    "server settings": "alter system set archive_command = 'id'",
    "preloaded library": "set session_preload_libraries = 'x'",
    "password hashes": "select rolpassword from pg_authid",
    "reload": "select pg_reload_conf()",
    # Of all processes that are nobody's session, the one that is soon started again.
    "a process of the server's": "select pg_terminate_backend(pid) from pg_stat_activity"
    " where usename = 'postgres' and datid is null",
    "log of changes": "select pg_switch_wal()",
    "replication": "select pg_create_physical_replication_slot('other', true)",
    "backup": "select pg_backup_start('other', true)",
    "all tables to elsewhere": "create publication other for all tables",
    "connection of the server's": "create subscription other connection 'host=192.0.2.1'"
    " publication other with (connect = false, slot_name = none)",
    "its own bound of temporary files": "set temp_file_limit = -1",
    "the server's log": "set log_min_messages = debug5",
}
# A message for the server's log, 20,000 times: at the level that a server logs in any case.
LOG_FLOOD = "do $$ begin for n in 1..20000 loop raise log '%', repeat('x', 1000); end loop; end $$"
# Of these nothing may be learnt about anybody else: a room's catalogue has no one in it.
WHO_IS_HERE = "select array_agg(rolname order by rolname)::text from pg_roles where rolcanlogin"
# User, database and host; no host is the instance's own socket.
LOGINS = {
    "the superuser": ("postgres", "shop", ""),
    "the superuser by its database": ("postgres", "postgres", ""),
    "the template": ("candidate", "template1", ""),
    "the other database": ("candidate", "postgres", ""),
    "by the network": ("candidate", "shop", "127.0.0.1"),
}
# Statements that use an instance up. Where nothing bounds it they succeed.
GREEDY = {
    "temporary files": "select count(*) from (select repeat(n::text, 100) as t"
    " from generate_series(1, 800000) n order by 1 offset 1) as sorted",
    "memory": "select array_length(array_agg(repeat(n::text, 200)), 1)"
    " from generate_series(1, 300000) n",
}
# The first session stays within a transaction and so reads none of what is sent.
NOTIFY = """
import psycopg
listening = psycopg.connect({address!r})
listening.execute('listen flood')
listening.commit()
listening.execute('select 1')
try:
    with psycopg.connect({address!r}, autocommit=True) as flood:
        for _ in range(12):
            flood.execute("select count(pg_notify('flood', n || repeat('x', 7900)))"
                          " from generate_series(1, 1000) n")
    print('gained')
except psycopg.Error as error:
    print('refused', error.sqlstate, str(error).splitlines()[0])
"""
# What one session of an instance can take from all its others, for as long as it lasts.
HOLDING = {
    "lock table": """
import psycopg, sys, time
held = psycopg.connect({address!r}, autocommit=True)
try:
    held.execute('select count(pg_advisory_lock(n)) from generate_series(1, 1000000) n')
except psycopg.Error as error:
    print('held', error.sqlstate, flush=True)
sys.stdin.readline()
""",
    "connections": """
import psycopg, sys, time
held = []
try:
    while len(held) < 300:
        held.append(psycopg.connect({address!r}))
except psycopg.Error as error:
    print('held', len(held), flush=True)
sys.stdin.readline()
""",
}
OWN = "host=/pg user=candidate dbname=shop"
# Takes one lock more; where nothing is used up it answers.
LOCKING = "select 7 from (select pg_try_advisory_xact_lock(-1)) as taken"
# Each fills a disk, tidies up behind itself and says how it ended. None of its files or tables is
# large; where nothing bounds them together, all are had.
FILL_HOME = """
import os, pathlib, shutil
folder = pathlib.Path('/home/candidate/fill')
folder.mkdir()
try:
    for number in range(14):
        (folder / str(number)).write_bytes(os.urandom(1 << 20) * 8)
    print('gained')
except OSError as error:
    print('refused', error.strerror)
shutil.rmtree(folder)
"""
MANY_FILES = """
import os, pathlib, shutil
folder = pathlib.Path('/home/candidate/many')
folder.mkdir()
try:
    for number in range(9000):
        os.close(os.open(folder / str(number), os.O_CREAT | os.O_WRONLY))
    print('gained')
except OSError as error:
    print('refused', error.strerror)
shutil.rmtree(folder)
"""
FILL_DATABASE = """
import psycopg
with psycopg.connect({address!r}, autocommit=True) as connection:
    try:
        for number in range(14):
            connection.execute(f"create table fill{{number}} as select repeat('x', 900) as x"
                               " from generate_series(1, 18000)")
        print('gained')
    except psycopg.Error as error:
        print('refused', error.sqlstate, str(error).splitlines()[0])
for number in range(14):
    with psycopg.connect({address!r}, autocommit=True) as connection:
        connection.execute(f'drop table if exists fill{{number}}')
"""
DESCRIPTORS = """
import os, resource
soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
opened = []
try:
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    for _ in range({count}):
        opened.append(os.open('/dev/null', os.O_RDONLY))
    answer = 'gained'
except OSError as error:
    answer = f'refused {{error.strerror}}'
for each in opened:
    os.close(each)
print(answer)
"""
FILL_SHARED_MEMORY = """
import os
try:
    with open('/dev/shm/fill', 'wb', 0) as file:
        for _ in range({mib}):
            file.write(bytes(1 << 20))
    print('gained')
except OSError as error:
    print('refused', error.strerror)
os.remove('/dev/shm/fill')
"""
# Stops by itself: run without a bound it must not take the machine that tests.
FORK_BOMB = """
import os, signal, time
born = []
try:
    while len(born) < {count}:
        pid = os.fork()
        if not pid:
            time.sleep(30)
            os._exit(0)
        born.append(pid)
    answer = 'gained'
except OSError as error:
    answer = f'refused {{error.strerror}}'
for pid in born:
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
print(answer)
"""
