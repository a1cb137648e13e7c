"""Source text that is run: compiled once, and shown in tracebacks."""

import itertools

from .loading import Syntax

# So many texts are kept compiled, the latest ones.
MOST_TEXTS = 512

texts = {}
numbers = itertools.count(1)


def compiled(text, mode, file=None):
    """The code of a text; of mode "last" that of all but its last expression, and that of the
    expression, None where there is none."""
    key = text, mode, file
    known = texts.pop(key, None)
    if known is None:
        shown_as = file or f"<metaffi {mode} {next(numbers)}>"
        known = shown_as, compile_text(text, mode, shown_as)
    # Another text may have been run under the name since.
    show(known[0], text)
    texts[key] = known
    while len(texts) > MOST_TEXTS:
        forget(next(iter(texts)))
    return known[1]


def compile_text(text, mode, file):
    try:
        if mode != "last":
            return compile(text, file, mode, dont_inherit=True)
        import ast

        tree = ast.parse(text, file)
        if not tree.body or not isinstance(tree.body[-1], ast.Expr):
            return compile(tree, file, "exec", dont_inherit=True), None
        last = ast.Expression(tree.body.pop().value)
        before = compile(tree, file, "exec", dont_inherit=True) if tree.body else None
        return before, compile(last, file, "eval", dont_inherit=True)
    except SyntaxError as error:
        line = (error.text or "").strip()
        raise Syntax(
            f"{file}, line {error.lineno or 1}, column {error.offset or 1}: {error.msg}"
            + (f": {line}" if line else "")
        ) from error
    except ValueError as error:
        raise Syntax(f"{file}: {error}") from error


def show(file, text):
    """Tracebacks find the lines of a file that is nowhere; linecache does not look for it either."""
    import linecache

    linecache.cache[file] = len(text), None, text.splitlines(True), file


def forget(key):
    file, _ = texts.pop(key, (None, None))
    if key[2] is None:
        import linecache

        linecache.cache.pop(file, None)


def new_namespace():
    return {"__builtins__": __builtins__, "__name__": "__main__"}


def source(modules, text, mode, own_namespace):
    """A function that evaluates or executes source text; its arguments are the tuple args."""
    namespace = new_namespace() if own_namespace else modules[0].__dict__
    code = compiled(text, mode)
    if mode == "exec":
        return lambda: exec(code, namespace)
    return lambda *args: eval(code, namespace, {"args": args}) if args else eval(code, namespace)
