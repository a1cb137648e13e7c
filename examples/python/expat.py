"""Expat parses a document in pieces, and calls Python functions for what it finds."""

import metaffi

expat = metaffi.MetaFFIRuntime("c").load_module("libexpat.so.1;expat.h")

DOCUMENT = """<?xml version="1.0"?>
<planets>
  <planet name="Saturn" rings="yes"><moon>Titan</moon><moon>Rhéa</moon></planet>
  <planet name="Jupiter"><moon>Io</moon></planet>
</planets>
""".encode()

depth = 0


def start(_, name, attributes):
    """`attributes` is an array of names and values, which ends with a null."""
    global depth
    found = {}
    while attributes[2 * len(found)]:
        place = 2 * len(found)
        found[str(attributes[place])] = str(attributes[place + 1])
    print("  " * depth + str(name), *(f"{key}={value}" for key, value in found.items()))
    depth += 1


start = expat.new("XML_StartElementHandler", start)


def end(_, name):
    global depth
    depth -= 1


end = expat.new("XML_EndElementHandler", end)


def text(_, data, length):
    """Not terminated: the length is all there is."""
    content = metaffi.string(data, length).strip()
    if content:
        print("  " * depth + content.decode())


text = expat.new("XML_CharacterDataHandler", text)


def parse(parser, data):
    """In pieces of ten bytes, as from a network."""
    for place in range(0, len(data), 10):
        piece = data[place : place + 10]
        last = place + 10 >= len(data)
        if expat.XML_Parse(parser, piece, len(piece), int(last)) != expat.XML_STATUS_OK:
            code = expat.XML_GetErrorCode(parser)
            line = expat.XML_GetCurrentLineNumber(parser)
            raise ValueError(f"line {line}: {expat.XML_ErrorString(code)}")


def new_parser():
    parser = expat.XML_ParserCreate(None)
    expat.XML_SetElementHandler(parser, start, end)
    expat.XML_SetCharacterDataHandler(parser, text)
    return parser


parser = new_parser()
parse(parser, DOCUMENT)
expat.XML_ParserFree(parser)

depth = 0
parser = new_parser()
try:
    parse(parser, b"<a>\n<b></a>")
except ValueError as error:
    print("Expat says:", error)
expat.XML_ParserFree(parser)
