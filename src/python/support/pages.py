"""What `help` shows of objects of other runtimes."""

import inspect
import textwrap


def page(title, documentation, signature, place, abilities, members):
    """A page of what is known of an object; of its members names and kinds come in turn."""
    parts = [title]
    if documentation:
        parts.append(inspect.cleandoc(documentation))
    facts = {"Signature": signature, "Source": place, "Can": ", ".join(abilities)}
    known = [f"{name}: {fact}" for name, fact in facts.items() if fact]
    parts.append("\n".join(textwrap.fill(fact, 79, subsequent_indent="    ") for fact in known))
    if members:
        rows = list(zip(members[::2], members[1::2]))
        width = max(len(name) for name, _ in rows)
        listed = "\n".join(f"    {name:{width}}  {kind}" for name, kind in rows)
        parts.append(f"Members:\n{listed}")
    return "\n\n".join(filter(None, parts))
