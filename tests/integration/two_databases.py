"""Decides what a candidate's code does to the database that it comes to, in either deployment."""

CONNECT = """
import os, psycopg
ADDRESS = os.environ["DATABASE_URL"].replace("+psycopg", "")
BEHIND = "host=/pg port=5432 user=candidate dbname=shop"
def ask(query, address=ADDRESS):
    with psycopg.connect(address, autocommit=True) as connection:
        cursor = connection.execute(query)
        return cursor.fetchall() if cursor.description else []
def tables(address=ADDRESS):
    query = "select relname from pg_class where relnamespace = 'public'::regnamespace"
    try:
        return ",".join(sorted(name for name, in ask(query + " and relkind = 'r'", address)))
    except psycopg.OperationalError as error:
        return "refused" if "rejects connection" in str(error) else str(error)
"""
SEEN = f"{CONNECT}\nprint(tables(), 'and', tables(BEHIND))"
"""Prints the tables at the candidate's address, then those of the interview's own database."""
DAMAGE = """
ask("drop table fruit")
ask("alter role candidate set statement_timeout = 1")
try:
    ask("set statement_timeout = 0; create table big as "
        "select repeat(md5(i::text), 30) as filler from generate_series(1, 150000) as i")
    print("there was place")
except psycopg.Error as error:
    print(error.sqlstate)
"""
"""Does the worst that an owner can: drops, spoils the role, fills the disk; says what ended it."""
FULL = {"53100", "None"}
"""Either the table found no place, or the log of changes, and that ended the instance."""
USE = """
ask("create table mine as select 1")
print(ask("select count(*) from orders")[0][0], ask("show statement_timeout")[0][0])
"""
