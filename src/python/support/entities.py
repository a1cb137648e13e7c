"""What an entity is bound to."""

from .loading import TypeMismatch, existing, find, holder, what


def function(modules, path, instance_required):
    """What a callable's path names: its owner if it is looked up on each object, and itself."""
    owner, name, found = find(modules, path)
    if not callable(found):
        raise TypeMismatch(
            f'"{path}" is {what(found)}, which cannot be called; load it as attribute={path}'
        )
    # __new__ takes the class, which does not look it up on itself as an object would.
    dispatched = instance_required and isinstance(owner, type) and name != "__new__"
    return owner if dispatched else None, name, found


def attribute(modules, path, instance_required, setter):
    """The owner and the name of an attribute; the owner is the class if it is an object's."""
    owner, name = holder(modules, path)
    if instance_required:
        if not isinstance(owner, type):
            raise TypeMismatch(
                f'"{path}" is an attribute of {what(owner)}: instance_required goes with '
                "attribute=Class.name"
            )
    elif not setter:
        existing(owner, name)
    return owner, name
