"""SQLite through the header that is installed with it: a Python callback for every row, binds, blobs."""

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


def prepare(sql):
    place = sqlite.new("sqlite3_stmt *[1]")
    if sqlite.sqlite3_prepare_v2(database, sql, -1, place, None):
        raise RuntimeError(message(database))
    return place[0]


# Values of Python's are bound to a statement. SQLite copies what is transient before it returns.
run("create table pictures(moon text, picture blob)")
statement = prepare("insert into pictures values (?, ?)")
for moon, picture in {"Titan": b"\x89PNG\0\1", "Io": bytearray(range(200))}.items():
    sqlite.sqlite3_bind_text(statement, 1, moon, -1, sqlite.SQLITE_TRANSIENT)
    sqlite.sqlite3_bind_blob(statement, 2, picture, len(picture), sqlite.SQLITE_TRANSIENT)
    if sqlite.sqlite3_step(statement) != sqlite.SQLITE_DONE:
        raise RuntimeError(message(database))
    sqlite.sqlite3_reset(statement)
sqlite.sqlite3_finalize(statement)

statement = prepare("select moon, picture from pictures order by length(picture)")
while sqlite.sqlite3_step(statement) == sqlite.SQLITE_ROW:
    size = sqlite.sqlite3_column_bytes(statement, 1)
    picture = bytes(metaffi.buffer(sqlite.sqlite3_column_blob(statement, 1), size))
    # Declared `const unsigned char *`, which is text all the same.
    print(metaffi.string(sqlite.sqlite3_column_text(statement, 0)).decode(), size, picture[:6])
sqlite.sqlite3_finalize(statement)

# A part of a blob, into memory of Python's.
blob = sqlite.new("sqlite3_blob *[1]")
row = sqlite.sqlite3_last_insert_rowid(database)
if sqlite.sqlite3_blob_open(database, "main", "pictures", "picture", row, 0, blob):
    raise RuntimeError(message(database))
part = bytearray(4)
sqlite.sqlite3_blob_read(blob[0], part, len(part), 100)
print("in the middle:", list(part))
sqlite.sqlite3_blob_close(blob[0])


# A function of SQL that is Python's.
def backwards(context, count, arguments):
    text = metaffi.string(sqlite.sqlite3_value_text(arguments[0])).decode()[::-1]
    sqlite.sqlite3_result_text(context, text, -1, sqlite.SQLITE_TRANSIENT)


backwards = sqlite.new("void (*)(sqlite3_context *, int, sqlite3_value **)", backwards)
utf8 = sqlite.SQLITE_UTF8
sqlite.sqlite3_create_function(database, "backwards", 1, utf8, None, backwards, None, None)
run("select backwards(name) as b from moons limit 1", print_row)

close(database)
