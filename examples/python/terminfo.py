"""ncurses' terminfo: what a terminal can do, and the texts that make it do so."""

import metaffi

terminfo = metaffi.MetaFFIRuntime("c").load_module("libtinfo.so.6;curses.h;term.h")

code = terminfo.new("int")
if terminfo.setupterm("xterm-256color", 1, code) != terminfo.OK:
    raise RuntimeError(f"no such terminal: {code.value}")
print(str(terminfo.longname()))
print("colours:", terminfo.tigetnum("colors"), "columns:", terminfo.tigetnum("cols"))
print("wraps at the margin:", bool(terminfo.tigetflag("am")))
print("to the beginning:", repr(terminfo.tigetstr("home")))

# Of a capability with parameters: row and column, or a number of a colour.
move = terminfo.tigetstr("cup")
print(repr(move), "becomes", repr(terminfo.tparm(move, 4, 7)))
print("red:", repr(terminfo.tparm(terminfo.tigetstr("setaf"), 1)))

# The names of all capabilities are in a global array that ends with a null.
names = []
while terminfo.strnames[len(names)]:
    names.append(str(terminfo.strnames[len(names)]))
print(len(names) > 300, names[:4])

written = []


def put(letter):
    written.append(letter)
    return letter


put = terminfo.new("int (*)(int)", put)
terminfo.tputs(terminfo.tparm(move, 0, 0), 1, put)
print("by letters:", bytes(written))

if terminfo.setupterm("no-such-terminal", 1, code) != terminfo.OK:
    print("unknown:", code.value)
terminfo.del_curterm(terminfo.cur_term)
