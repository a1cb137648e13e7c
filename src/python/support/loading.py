"""Importing what a module path names, and finding what an entity path names in it."""

import os
import sys

# What importlib is made of is there from the start.
import _frozen_importlib as bootstrap
import _frozen_importlib_external as bootstrap_external

ModuleType = type(sys)

ARCHIVES = (".zip", ".pyz", ".whl", ".egg")


class NotFound(Exception):
    """Nothing of that name exists."""


class Syntax(Exception):
    """Source text does not follow Python's grammar."""


class LoadFailed(Exception):
    """Found, but its own code failed while it was loaded."""


class TypeMismatch(Exception):
    """It is there, but is not what was asked for."""


def load(parts):
    """The modules of a path's parts; directories and archives go on sys.path first."""
    places = [os.path.abspath(part) for part in parts if is_place(part)]
    sys.path[:0] = [place for place in places if place not in sys.path]
    invalidate_caches()
    names = [part for part in parts if not is_place(part)]
    if names:
        return [load_part(name) for name in names]
    return [load_place(place) for place in places]


def invalidate_caches():
    """What importlib.invalidate_caches() does, but for importing what has caches of its own."""
    for finder in sys.meta_path:
        if finder is bootstrap_external.PathFinder and "importlib.metadata" not in sys.modules:
            invalidate_path_caches()
        elif hasattr(finder, "invalidate_caches"):
            finder.invalidate_caches()


def invalidate_path_caches():
    """What PathFinder.invalidate_caches() does of its own."""
    for place, finder in list(sys.path_importer_cache.items()):
        if finder is None or not os.path.isabs(place):
            del sys.path_importer_cache[place]
        elif hasattr(finder, "invalidate_caches"):
            finder.invalidate_caches()
    namespaces = getattr(bootstrap_external, "_NamespacePath", None)
    if hasattr(namespaces, "_epoch"):
        namespaces._epoch += 1


def import_module(name):
    """What import_module() does with a whole name."""
    __import__(name)
    return sys.modules[name]


def is_name(part):
    """Whether it is a name to import, and not a file's."""
    is_file = part.endswith((".py", *ARCHIVES))
    return not is_file and all(name.isidentifier() for name in part.split("."))


def is_place(part):
    """Whether modules are found in it: a directory that is no package, or an archive."""
    if is_name(part):
        return False
    if os.path.isdir(part):
        return not os.path.isfile(os.path.join(part, "__init__.py"))
    return part.endswith(ARCHIVES) and os.path.isfile(part)


def load_part(part):
    if is_name(part):
        return guarded(part, lambda: import_module(part))
    path = os.path.abspath(part)
    if os.path.isdir(path):
        init = os.path.join(path, "__init__.py")
        return guarded(part, lambda: load_source(os.path.basename(path), init, [path]))
    if not os.path.isfile(path):
        what = "archive" if part.endswith(ARCHIVES) else "module file or package directory"
        raise NotFound(f"there is no {what} {path}")
    name = os.path.splitext(os.path.basename(path))[0]
    directory = os.path.dirname(path)
    if directory not in sys.path:
        sys.path.append(directory)
    return guarded(part, lambda: load_source(name, path, None))


def guarded(part, load):
    """What `load` gives; a failure says which module and why."""
    try:
        return load()
    except (NotFound, Syntax, LoadFailed):
        raise
    except ModuleNotFoundError as error:
        wanted = f' (needed by "{part}")' if error.name not in (part, part.split(".")[0]) else ""
        near = near_name(str(error.name), installed_names())
        raise NotFound(
            f'no module named "{error.name}"{wanted}{near}; sys.path is {sys.path}: install it '
            "there, or put its directory before it in the module path, separated by ;"
        ) from own_code(error)
    except SyntaxError as error:
        raise Syntax(
            f'module "{part}": {error.filename}, line {error.lineno}: {error.msg}'
        ) from own_code(error)
    except BaseException as error:  # SystemExit too: a module must not end the host.
        raise LoadFailed(
            f'module "{part}" failed while it was imported: {type(error).__name__}: {error}'
        ) from own_code(error)


def own_code(error):
    """A failure, whose traceback begins where code of the module is."""
    trace = error.__traceback__
    while trace and trace.tb_frame.f_code.co_filename.startswith(("_metaffi.", "<frozen import")):
        trace = trace.tb_next
    return error.with_traceback(trace)


def installed_names():
    names = set(sys.builtin_module_names)
    names.update(getattr(sys, "stdlib_module_names", ()))
    names.update(name.split(".")[0] for name in list(sys.modules))
    for place in sys.path:
        names.update(names_in(place) if os.path.isdir(place) else ())
    return names


def names_in(directory):
    """The names that can be imported from a directory."""
    try:
        entries = os.listdir(directory)
    except OSError:
        return
    for entry in entries:
        name, extension = os.path.splitext(entry)
        package = os.path.isfile(os.path.join(directory, entry, "__init__.py"))
        if name.isidentifier() and (extension == ".py" or package and not extension):
            yield name


def load_source(name, path, locations):
    """The module of a source file, under its own name unless another module has that."""
    known = sys.modules.get(name)
    if known is not None and getattr(known, "__file__", None) == path:
        return known
    if known is not None or name in getattr(sys, "stdlib_module_names", ()):
        name = f"{name}_{hash(path) & 0xFFFFFFFF:08x}"
        if name in sys.modules:
            return sys.modules[name]
    spec = bootstrap_external.spec_from_file_location(
        name, path, submodule_search_locations=locations
    )
    module = bootstrap.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return sys.modules[name]


class Place(ModuleType):
    """A directory or an archive as a module: its attributes are the modules in it."""

    def __init__(self, path, names):
        super().__init__(os.path.splitext(os.path.basename(path))[0])
        self.__file__ = path
        self.__all__ = sorted(names)

    def __getattr__(self, name):
        if name in self.__all__:
            return guarded(name, lambda: import_module(name))
        raise AttributeError(name)


def load_place(path):
    if os.path.isdir(path):
        return Place(path, set(names_in(path)))
    names = set(names_in_archive(path))
    main = "__main__" in names
    names.discard("__main__")
    if len(names) == 1 and not main:
        return load_part(names.pop())
    module = Place(path, names)
    if main:
        guarded(path, lambda: run_main(path, module))
    return module


def names_in_archive(path):
    import zipfile

    with zipfile.ZipFile(path) as archive:
        for entry in archive.namelist():
            top, _, rest = entry.partition("/")
            if rest == "__init__.py":
                yield top
            elif not rest and top.endswith(".py"):
                yield top[: -len(".py")]


def run_main(path, module):
    """Gives the module what the archive's __main__.py defines; it is not run as a program."""
    import zipimport

    code = zipimport.zipimporter(path).get_code("__main__")
    exec(code, module.__dict__)


def near_name(name, known):
    import difflib

    near = difflib.get_close_matches(name, [other for other in known if other != name], 1)
    return f' (did you mean "{near[0]}"?)' if near else ""


MISSING = object()


def is_there(name):
    import importlib.util

    return importlib.util.find_spec(name) is not None


def member(owner, name):
    """An attribute, or a package's module that is not imported yet."""
    found = getattr(owner, name, MISSING)
    if found is MISSING and isinstance(owner, ModuleType) and hasattr(owner, "__path__"):
        full = f"{owner.__name__}.{name}"
        invalidate_caches()
        if is_there(full):
            return guarded(full, lambda: import_module(full))
    return found


def find(modules, path):
    """What a dotted path names, after what it is an attribute of."""
    names = path.split(".")
    for module in modules:
        if member(module, names[0]) is not MISSING:
            return walk(module, names)
    return walk(modules[0], names)


def walk(owner, names):
    *holders, last = names
    for name in holders:
        owner = existing(owner, name)
    return owner, last, existing(owner, last)


def existing(owner, name):
    found = member(owner, name)
    if found is MISSING:
        raise NotFound(f'{what(owner)} has no attribute "{name}"{near_name(name, dir(owner))}')
    return found


def holder(modules, path):
    """The owner of an attribute that need not be there yet, and the attribute's name."""
    *holders, last = path.split(".")
    if not holders:
        for module in modules:
            if member(module, last) is not MISSING:
                return module, last
        return modules[0], last
    owner, name, found = find(modules, ".".join(holders))
    return found, last


def what(thing):
    if isinstance(thing, ModuleType):
        return f'module "{thing.__name__}"'
    if isinstance(thing, type):
        return f'class "{thing.__qualname__}"'
    return f'an object of type "{type(thing).__qualname__}"'
