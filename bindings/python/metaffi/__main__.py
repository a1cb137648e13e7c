"""`python -m metaffi`: what is installed, and what a module has."""

from __future__ import annotations

import argparse
import json
import sys

import metaffi


def doctor(given: argparse.Namespace) -> int:
    """A line for everything that runtimes need, and what to do about what is missing."""
    report = [
        one for one in metaffi.doctor() if not given.runtimes or one["runtime"] in given.runtimes
    ]
    unknown = set(given.runtimes) - {one["runtime"] for one in report}
    if unknown:
        raise ValueError(f"there is no runtime {', '.join(sorted(unknown))}")
    if given.json:
        print(json.dumps(report, indent=2))
    for one in () if given.json else report:
        print(one["runtime"])
        for finding in one["findings"]:
            known = [finding[key] for key in ("version", "path") if key in finding]
            mark = "ok" if finding["usable"] else "missing"
            print(f"  {mark:8}{' '.join([finding['what'], *known])}")
            if finding.get("advice"):
                print(f"          {finding['advice']}")
    # Several findings of one name are a choice, of which one is enough.
    needed = {(each["runtime"], one["what"]) for each in report for one in each["findings"]}
    met = {
        (each["runtime"], one["what"])
        for each in report
        for one in each["findings"]
        if one["usable"]
    }
    return 0 if needed == met else 1


def describe(given: argparse.Namespace) -> int:
    """What can be loaded from a module: its path, and its declaration where it has one."""
    options: dict[str, list[str]] = {}
    for option in given.option:
        name, equals, value = option.partition("=")
        if not equals:
            raise ValueError(f"--option {option}: write NAME=VALUE")
        options.setdefault(name, []).append(value)
    described = (
        metaffi.MetaFFIRuntime(given.runtime).load_module(given.module, **options).describe()
    )
    if given.json:
        print(json.dumps(described, indent=2))
        return 0
    wanted = given.filter.lower()
    for entity in described["entities"]:
        line = f"{entity['kind']:12}{entity['path']}  {entity.get('declaration', '')}".rstrip()
        if wanted in line.lower():
            print(line)
    return 0


def main() -> int:
    """Runs what the command line says."""
    parser = argparse.ArgumentParser("python -m metaffi", description=__doc__)
    parser.add_argument("--version", action="version", version=metaffi.__version__)
    commands = parser.add_subparsers(required=True)
    asked = commands.add_parser("doctor", help="what each runtime needs and finds here")
    asked.add_argument("runtimes", nargs="*", metavar="runtime")
    asked.set_defaults(run=doctor)
    listed = commands.add_parser("describe", help="what can be loaded from a module")
    listed.add_argument("runtime")
    listed.add_argument("module")
    listed.add_argument("--filter", default="", help="only what has this text")
    listed.add_argument("--option", action="append", default=[], metavar="NAME=VALUE")
    listed.set_defaults(run=describe)
    for one in (asked, listed):
        one.add_argument("--json", action="store_true", help="as JSON")
    for name, function in (("library", metaffi.library_path), ("include", metaffi.include_dir)):
        shown = commands.add_parser(name, help="where that is, for programs that use the C API")
        shown.set_defaults(run=lambda _, function=function: print(function()) or 0)
    given = parser.parse_args()
    try:
        return int(given.run(given))
    except (metaffi.MetaFFIError, ValueError) as failure:
        print(f"metaffi: {failure}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
