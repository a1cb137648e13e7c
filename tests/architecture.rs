//! The layers of the sources: each may use only those below it, and only the registry names the
//! concrete backends.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// From top to bottom. `host` and `bin` are entry points, `suggest` is words of error messages.
const LAYERS: [&[&str]; 14] = [
    &["bin", "host"],
    &["capi"],
    &["model"],
    &["backend"],
    &["python"],
    &["kit"],
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

/// What a thread can wait for that another thread had when the process forked: for ever, since that
/// one is not in the child. `fork` has what to use instead.
const WAITED_FOR: [&str; 7] =
    ["Mutex", "RwLock", "OnceLock", "LazyLock", "Condvar", "Barrier", "Once"];

/// Where it is used all the same.
const WAITS: [(&str, &str); 2] = [
    ("fork", "what to use instead is made of it"),
    ("host::python::fork", "a load takes long and runs any code; Python's fork waits for it"),
];

/// A source file: its module path, the modules of this crate that its code names, and what it waits
/// for.
struct Source {
    module: Vec<String>,
    uses: BTreeSet<Vec<String>>,
    waits: Vec<&'static str>,
}

impl Source {
    fn read(module: Vec<String>, text: &str) -> Source {
        let code: String = text
            .lines()
            .map(|line| line.split("//").next().unwrap_or_default())
            .fold(String::new(), |code, line| code + line + "\n");
        // Unit tests are the last item of a file.
        let code = code.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
        let uses = paths(code, &module);
        Source { module, uses, waits: waits(code) }
    }

    fn layer(&self) -> &str {
        &self.module[0]
    }

    fn name(&self) -> String {
        self.module.join("::")
    }
}

/// What of [`WAITED_FOR`] the code names.
fn waits(code: &str) -> Vec<&'static str> {
    let after = code.match_indices("sync::").map(|(at, found)| &code[at + found.len()..]);
    let names = after.flat_map(|rest| match rest.strip_prefix('{') {
        Some(group) => group.split('}').next().unwrap_or_default().split(','),
        None => rest.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default().split(','),
    });
    let names: BTreeSet<&str> = names.map(str::trim).collect();
    WAITED_FOR.into_iter().filter(|name| names.contains(name)).collect()
}

/// The paths that begin with `crate::` or `super::`, from the root of the crate.
fn paths(code: &str, module: &[String]) -> BTreeSet<Vec<String>> {
    let is_name = |c: char| c.is_alphanumeric() || c == '_';
    let mut found = BTreeSet::new();
    for (at, _) in code.match_indices("crate::").chain(code.match_indices("super::")) {
        let before = &code[..at];
        if before.ends_with(is_name) || before.ends_with("::") {
            continue;
        }
        let end = code[at..].find(|c: char| !is_name(c) && c != ':').map_or(code.len(), |n| at + n);
        let text = code[at..end].trim_end_matches(':');
        // What is in braces begins with the path before them.
        let names: Vec<&str> = match code[end..].strip_prefix('{') {
            Some(group) if code[at..end].ends_with("::") => {
                group.split('}').next().unwrap_or_default().split(',').map(str::trim).collect()
            }
            _ => vec![""],
        };
        for name in names {
            let full = format!("{text}::{name}");
            if let Some(path) = resolve(full.split("::").filter(|part| !part.is_empty()), module) {
                found.insert(path);
            }
        }
    }
    found
}

fn resolve<'a>(parts: impl Iterator<Item = &'a str>, module: &[String]) -> Option<Vec<String>> {
    let mut path = Vec::new();
    for (index, part) in parts.enumerate() {
        match part {
            "crate" => {}
            "super" => {
                if index == 0 {
                    path = module.to_vec();
                }
                path.pop()?;
            }
            name => path.push(name.to_owned()),
        }
    }
    (!path.is_empty()).then_some(path)
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    rust_files(&root, &mut files);
    let read = |file: PathBuf| {
        let mut module: Vec<String> = file
            .strip_prefix(&root)
            .unwrap()
            .with_extension("")
            .iter()
            .map(|part| part.to_string_lossy().into_owned())
            .collect();
        if module.last().is_some_and(|name| name == "mod") {
            module.pop();
        }
        Source::read(module, &fs::read_to_string(file).unwrap())
    };
    files.into_iter().map(read).filter(|source| !is_test(source)).collect()
}

fn rust_files(directory: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            rust_files(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

fn is_test(source: &Source) -> bool {
    let test = |name: &String| {
        name == "tests" || name == "testing" || name == "conformance" || name.ends_with("_tests")
    };
    source.module.iter().any(test) || source.module == ["lib"]
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
