"""SQLite through the header that is installed with it, with a Python callback for every row."""

import metaffi

sqlite = metaffi.MetaFFIRuntime("c").load_module("libsqlite3.so.0;sqlite3.h")
open_database = sqlite.load_entity("callable=sqlite3_open")
execute = sqlite.load_entity("callable=sqlite3_exec")
message = sqlite.load_entity("callable=sqlite3_errmsg")
close = sqlite.load_entity("callable=sqlite3_close")

place = sqlite.new("sqlite3 *[1]")
if open_database(":memory:", place):
    raise SystemExit("no memory for a database")
database = place[0]

SCRIPT = """
    create table moons(name text, planet text, km real);
    insert into moons values ('Titan', 'Saturn', 5149.5), ('Europa', 'Jupiter', 3121.6),
                             ('Io', 'Jupiter', 3643.2);
"""


def run(sql, row=None):
    if execute(database, sql, row, None, None):
        raise RuntimeError(message(database))


def print_row(_, count, values, names):
    print(*(f"{names[i]!s}={values[i]!s}" for i in range(count)))
    return 0


run(SCRIPT)
run("select name, km from moons order by km desc", print_row)

try:
    run("select * from planets")
except RuntimeError as error:
    print("SQLite says:", error)

close(database)
