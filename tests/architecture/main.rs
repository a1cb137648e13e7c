//! The layers of the sources and, inside the large ones, their rooms: each may use only those below
//! it, and only the registry names the concrete backends.

mod source;

use std::collections::{BTreeMap, BTreeSet};

use source::{Source, sources};

/// From top to bottom. `host` and `bin` are entry points, `suggest` is words of error messages.
const LAYERS: [&[&str]; 15] = [
    &["bin", "host"],
    &["capi"],
    &["model"],
    &["backend"],
    &["java", "python"],
    &["kit"],
    &["object"],
    &["call"],
    &["value"],
    &["entity_path", "signature"],
    &["handle"],
    &["errno", "error", "process", "standard_error", "suggest"],
    &["fork"],
    &["thread"],
    &["abi"],
];

/// Backends, which must not know one another.
const BACKENDS: [&str; 6] = ["c", "python", "jvm", "go", "javascript", "plugin"];

/// Files of the C API about C itself: its types and its data.
const ABOUT_C: [&str; 2] = ["capi::cdata", "capi::ctype"];

/// The rooms of the large modules, from top to bottom. A module uses only those of its neighbours
/// that are below it, and nothing that the file above them all declares.
const ROOMS: [(&str, &[&str]); 10] = [
    (
        "capi",
        &[
            "cdata",
            "ctype",
            "callable",
            "entity",
            "scope",
            "object",
            "module",
            "runtime",
            "array",
            "value",
            "neutral",
            "types",
            "error",
            "name",
            "errno",
            "memory",
            "version",
            "call",
            "signature",
            "handle",
            "input",
            "text",
            "guard",
        ],
    ),
    (
        "call",
        &[
            "callable",
            "callable",
            "c_mapping",
            "host_function",
            "downcall",
            "values_function",
            "function",
            "upcall",
            "userdata",
            "wanted",
            "passing",
            "function_pointer",
            "invocation",
            "libffi",
            "registers",
            "moves",
            "plan",
            "errors",
        ],
    ),
    (
        "python",
        &[
            "protocol",
            "proxy",
            "upcall",
            "downcall",
            "convert",
            "join",
            "support",
            "error",
            "object",
            "lifecycle",
            "api",
        ],
    ),
    (
        "java",
        &[
            "compiler",
            "join",
            "protocol",
            "visit",
            "natives",
            "scalars",
            "end",
            "arrays",
            "buffers",
            "foreign",
            "future",
            "direct",
            "direct_ways",
            "mirrors",
            "operation_frame",
            "error",
            "object",
            "support",
            "method_entry",
            "operation",
            "start",
            "vm",
            "library",
            "interruption",
            "caller",
            "env",
            "nature",
        ],
    ),
    (
        "backend::jvm",
        &[
            "runtime",
            "hosted",
            "doctor",
            "find",
            "installation",
            "describe",
            "source",
            "entity",
            "direct",
            "invoke",
            "module",
            "maven",
        ],
    ),
    ("backend::c", &["module", "protocol", "call", "convert", "data", "parse", "types"]),
    (
        "backend::python",
        &[
            "runtime", "doctor", "start", "hosted", "end", "find", "entity", "access", "source",
            "describe", "module",
        ],
    ),
    (
        "host::python",
        &[
            "init",
            "module_definition",
            "conversion",
            "inspection",
            "runtime",
            "scope",
            "module",
            "runtime_fields",
            "options",
            "entity",
            "recipe",
            "call",
            "callable",
            "callback",
            "data",
            "copy",
            "fork",
            "type_info",
            "argument_parser",
            "trampoline",
            "error",
        ],
    ),
    (
        "kit",
        &[
            "constraint",
            "version",
            "watchdog",
            "process_end",
            "nature",
            "posted",
            "thread_end",
            "life",
            "releases",
            "owner",
            "jobs",
        ],
    ),
    (
        "handle",
        &[
            "owned",
            "freed_objects",
            "pin",
            "store",
            "table",
            "retired",
            "stock",
            "slot",
            "shadow",
            "key",
            "window",
            "few",
            "barrier",
        ],
    ),
];

/// Arrows between rooms that point up all the same: from a module, to a room, and why.
const UPWARD: &[(&str, &str, &str)] = &[
    (
        "backend::c::call::variable",
        "backend::c::module",
        "a thread-local variable is asked of its library by each thread",
    ),
    (
        "backend::c::convert::pointer",
        "backend::c::call",
        "a function pointer among values is a callback or an imported function",
    ),
    ("backend::c::types", "backend::c::data", "an arena keeps what is known of its types"),
    (
        "backend::python::module",
        "backend::python::describe",
        "a module describes itself and loads its entities through one trait",
    ),
    (
        "backend::python::module",
        "backend::python::entity",
        "a module describes itself and loads its entities through one trait",
    ),
    (
        "backend::python::module",
        "backend::python::source",
        "a module runs text through the same trait",
    ),
    ("call::passing", "call::callable", "a target makes C function pointers of callables"),
    ("handle::pin::block", "handle::freed_objects", "what a thread has of its own is in one block"),
    (
        "handle::pin::registry",
        "handle::freed_objects",
        "a thread that ends lets go of what it would use again",
    ),
    ("handle::retired", "handle::pin", "what is retired waits for those who have it pinned"),
    ("handle::slot", "handle::store", "a slot has the address of what its kind of things can do"),
    ("handle::stock", "handle::pin", "stocks are in the thread's block"),
    ("handle::store", "handle::pin", "what is got from a table is pinned"),
    ("handle::table", "handle::pin", "a thread's spare slots are in its block"),
    (
        "host::python::data::value",
        "host::python::call",
        "a value of an object is converted as those of calls are",
    ),
    (
        "python::downcall::arguments",
        "python::upcall",
        "a callable among arguments is an object of Python's",
    ),
    ("python::error::frames", "python::support", "what a line says is shown by code in Python"),
    (
        "python::error::missing",
        "python::support",
        "items of tuples are looked at by what the support has for that",
    ),
    ("python::error::report", "python::support", "a report of Python's is made with a text"),
    ("java::env", "java::error", "what a function of the interface has thrown is an error"),
    ("java::support", "java::error", "what a call has thrown is an error"),
    ("java::visit", "java::protocol", "what is inside is iterated as others iterate it"),
    ("java::direct_ways", "java::direct", "a way uses what a member is known by"),
    ("backend::jvm::module", "backend::jvm::source", "a module runs text through the same trait"),
    (
        "backend::jvm::module",
        "backend::jvm::describe",
        "a module describes itself and loads its entities through one trait",
    ),
    (
        "backend::jvm::module",
        "backend::jvm::entity",
        "a module describes itself and loads its entities through one trait",
    ),
    ("python::object", "python::error", "a reference that is NULL is the exception that is set"),
];

/// Where it is used all the same.
const WAITS: [(&str, &str); 2] = [
    ("fork", "what to use instead is made of it"),
    ("host::python::fork", "a load takes long and runs any code; Python's fork waits for it"),
];

/// An arrow between two rooms of one module.
struct Arrow<'a> {
    from: &'a Source,
    to: Vec<String>,
    points_up: bool,
}

/// The arrows between rooms.
fn arrows(sources: &[Source]) -> Vec<Arrow<'_>> {
    let modules: BTreeSet<&[String]> = sources.iter().map(|source| &source.module[..]).collect();
    let exports = sources.iter().flat_map(|source| &source.exports).collect();
    let mut found = Vec::new();
    for (name, rooms) in ROOMS {
        let parent: Vec<String> = name.split("::").map(str::to_owned).collect();
        let inside = |module: &[String]| module.starts_with(&parent);
        for from in sources.iter().filter(|source| inside(&source.module)) {
            let Some(own) = from.module.get(parent.len()) else { continue };
            let declared = from.uses.iter().map(|used| declared(used, &exports, &modules));
            for used in declared.filter(|used| inside(used) && used.len() > parent.len()) {
                let room = &used[..=parent.len()];
                // What is in no room is declared by the file above them.
                let (to, points_up) = match modules.contains(room) {
                    true => (
                        room.to_vec(),
                        height(name, rooms, &room[parent.len()]) > height(name, rooms, own),
                    ),
                    false => (parent.clone(), true),
                };
                if to.last() != Some(own) {
                    found.push(Arrow { from, to, points_up });
                }
            }
        }
    }
    found
}

/// Where what a path names is declared. An item may have the name of the module it is in.
fn declared(
    path: &[String],
    exports: &BTreeMap<&Vec<String>, &Vec<String>>,
    modules: &BTreeSet<&[String]>,
) -> Vec<String> {
    for end in (1..=path.len()).rev() {
        if end < path.len() && modules.contains(&path[..end]) {
            continue;
        }
        if let Some(own) = exports.get(&path[..end].to_vec()) {
            return declared(&[&own[..], &path[end..]].concat(), exports, modules);
        }
    }
    path.to_vec()
}

fn height(parent: &str, rooms: &[&str], room: &str) -> usize {
    let at = rooms.iter().position(|name| *name == room);
    rooms.len() - at.unwrap_or_else(|| panic!("{parent}::{room} is in no order; add it to ROOMS"))
}

fn is_excused(arrow: &Arrow<'_>, (from, to, _): &(&str, &str, &str)) -> bool {
    arrow.from.name() == *from && arrow.to.join("::") == *to
}

fn depth(layer: &str) -> usize {
    LAYERS
        .iter()
        .position(|names| names.contains(&layer))
        .unwrap_or_else(|| panic!("src/{layer} is in no layer; add it to LAYERS"))
}

/// What of a source breaks the rules.
fn violations(source: &Source) -> Vec<String> {
    let report =
        |used: &[String], why: &str| format!("{} uses {}: {why}", source.name(), used.join("::"));
    let mut found = Vec::new();
    for used in &source.uses {
        let is_layer = LAYERS.iter().any(|names| names.contains(&used[0].as_str()));
        if is_layer && used[0] != source.layer() && depth(&used[0]) <= depth(source.layer()) {
            found.push(report(used, "a layer that is not below it"));
        }
        if names_other_backend(source, used) {
            found.push(report(used, "only backend::registry names the backends"));
        }
    }
    let name = source.name();
    let may_wait = |(module, _): &(&str, &str)| {
        name.strip_prefix(module).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
    };
    if !WAITS.iter().any(may_wait) {
        let waits = source.waits.iter();
        found.extend(waits.map(|what| format!("{name} uses {what}: a fork may leave it taken")));
    }
    found
}

fn names_other_backend(source: &Source, used: &[String]) -> bool {
    let [layer, backend, ..] = used else { return false };
    if layer != "backend" || !BACKENDS.contains(&backend.as_str()) {
        return false;
    }
    let own = source.module.starts_with(&used[..2]);
    let registry = source.module == ["backend", "registry"];
    let about_c = backend == "c" && ABOUT_C.iter().any(|name| source.name().starts_with(name));
    !own && !registry && !about_c
}

#[test]
fn every_arrow_points_down() {
    let sources = sources();
    assert!(sources.len() > 100, "{} sources found", sources.len());
    let found: Vec<String> = sources.iter().flat_map(violations).collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn every_arrow_between_rooms_points_down() {
    let sources = sources();
    let up: Vec<Arrow<'_>> = arrows(&sources).into_iter().filter(|arrow| arrow.points_up).collect();
    let report = |arrow: &Arrow<'_>| format!("{} uses {}", arrow.from.name(), arrow.to.join("::"));
    let found: BTreeSet<String> = up
        .iter()
        .filter(|arrow| !UPWARD.iter().any(|excuse| is_excused(arrow, excuse)))
        .map(report)
        .collect();
    let found: Vec<String> = found.into_iter().collect();
    assert!(found.is_empty(), "point up:\n{}", found.join("\n"));
    for excuse in UPWARD {
        let (from, to, _) = excuse;
        assert!(
            up.iter().any(|arrow| is_excused(arrow, excuse)),
            "{from} does not use {to} any more; take it out of UPWARD"
        );
    }
}

#[test]
fn every_file_is_in_a_layer() {
    for source in sources() {
        depth(source.layer());
    }
}

fn check(module: &str, code: &str) -> Vec<String> {
    violations(&Source::read(module.split("::").map(str::to_owned).collect(), code))
}

#[test]
fn an_arrow_that_points_up_is_found() {
    assert_eq!(check("call::frame", "use crate::error::Error;"), Vec::<String>::new());
    assert_eq!(check("call::frame", "use crate::{abi, model};").len(), 1);
    assert_eq!(check("error", "fn f() { crate::capi::value::f() }").len(), 1);
    assert_eq!(check("value::text", "use super::super::call::Plan;").len(), 1);
    assert_eq!(check("value::text", "// crate::capi\nuse super::number::Number;").len(), 0);
    assert_eq!(check("abi", "#[cfg(test)]\nmod tests {\n use crate::capi::f;\n}").len(), 0);
}

#[test]
fn what_a_module_uses_is_found_through_groups_and_exports() {
    let read = |module: &str, code: &str| {
        Source::read(module.split("::").map(str::to_owned).collect(), code)
    };
    let sources = [
        read("call", "\npub use upcall::slot::{Slot, Other};"),
        read("call::plan", "use crate::{abi, call::{self, moves::{Move, Part}, Slot}};"),
        read("call::moves", "use super::plan::Plan;"),
        read("call::upcall", "use super::plan::Plan; fn f() { super::declared_above() }"),
        read("call::upcall::slot", "use super::super::moves::Part;"),
    ];
    let found = arrows(&sources);
    let found: BTreeSet<(String, String, bool)> = found
        .iter()
        .map(|arrow| (arrow.from.name(), arrow.to.join("::"), arrow.points_up))
        .collect();
    let expected = [
        ("call::moves", "call::plan", false),
        ("call::plan", "call::moves", true),
        ("call::plan", "call::upcall", true),
        ("call::upcall", "call", true),
        ("call::upcall", "call::plan", false),
        ("call::upcall::slot", "call::moves", false),
    ];
    let expected = expected.map(|(from, to, up)| (from.to_owned(), to.to_owned(), up));
    assert_eq!(found, BTreeSet::from(expected));
}

#[test]
fn what_a_fork_may_leave_taken_is_found() {
    assert_eq!(check("call::frame", "use std::sync::{Arc, Mutex};").len(), 1);
    assert_eq!(check("call::frame", "static X: std::sync::OnceLock<u8> = f();").len(), 1);
    assert_eq!(check("call::frame", "use std::sync::Once;").len(), 1);
    assert_eq!(check("call::frame", "use std::sync::{Arc, Once, Weak};").len(), 1);
    assert_eq!(
        check("call::frame", "use crate::fork::{Lock, Once}; fn f(_: MutexKind) {}").len(),
        0
    );
    assert_eq!(
        check("call::frame", "#[cfg(test)]\nmod tests {\n use std::sync::Mutex;\n}").len(),
        0
    );
    assert_eq!(check("fork::lock", "use std::sync::Mutex;").len(), 0);
}

#[test]
fn a_backend_that_knows_another_is_found() {
    assert_eq!(check("backend::jvm::class", "use crate::backend::c::types::Types;").len(), 1);
    assert_eq!(check("backend::jvm::class", "use super::super::python;").len(), 1);
    assert_eq!(check("backend::c::module", "use crate::backend::c::types::Types;").len(), 0);
    assert_eq!(check("capi::module", "use crate::backend::c::Module;").len(), 1);
    assert_eq!(check("capi::ctype", "use crate::backend::c::CType;").len(), 0);
    assert_eq!(check("backend::registry", "use super::{c, jvm};").len(), 0);
}
