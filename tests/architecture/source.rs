//! [`Source`]: a source file, and what it uses.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// What a thread can wait for that another thread had when the process forked: for ever, since that
/// one is not in the child. `fork` has what to use instead.
const WAITED_FOR: [&str; 7] =
    ["Mutex", "RwLock", "OnceLock", "LazyLock", "Condvar", "Barrier", "Once"];

/// A source file: its module path, the modules of this crate that its code names, and what it waits
/// for.
pub struct Source {
    pub module: Vec<String>,
    pub uses: BTreeSet<Vec<String>>,
    /// What it hands on under a name of its own.
    pub exports: BTreeMap<Vec<String>, Vec<String>>,
    pub waits: Vec<&'static str>,
}

impl Source {
    pub fn read(module: Vec<String>, text: &str) -> Source {
        let code: String = text
            .lines()
            .map(|line| line.split("//").next().unwrap_or_default())
            .fold(String::new(), |code, line| code + line + "\n");
        // Unit tests are the last item of a file.
        let code = code.split("mod tests {").next().unwrap_or_default();
        let uses = paths(code, &module);
        let exports = exports(code, &module);
        Source { module, uses, exports, waits: waits(code) }
    }

    pub fn layer(&self) -> &str {
        &self.module[0]
    }

    pub fn name(&self) -> String {
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
    let mut found = BTreeSet::new();
    for (at, _) in code.match_indices("crate::").chain(code.match_indices("super::")) {
        let before = &code[..at];
        if before.ends_with(is_name) || before.ends_with("::") {
            continue;
        }
        found.extend(leaves(&code[at..]).iter().filter_map(|path| resolve(path, module)));
    }
    found
}

/// What `pub use` of a module names: the path by which others know it, and where it is declared.
fn exports(code: &str, module: &[String]) -> BTreeMap<Vec<String>, Vec<String>> {
    let mut found = BTreeMap::new();
    for line in code.split("\npub").skip(1) {
        let Some((scope, tree)) = line.split_once("use ") else { continue };
        if !(scope == " " || scope.starts_with('(') && scope.ends_with(") ")) {
            continue;
        }
        for path in leaves(tree) {
            let from_root = ["crate", "super"].iter().any(|root| path.starts_with(root));
            let path = if from_root { path } else { format!("self::{path}") };
            let Some(declared) = resolve(&path, module) else { continue };
            let name = declared.last().into_iter().cloned();
            let exported: Vec<String> = module.iter().cloned().chain(name).collect();
            // `pub use child::{self, …}` says nothing new.
            if exported != declared {
                found.insert(exported, declared);
            }
        }
    }
    found
}

fn is_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The paths of the tree that the text begins with.
fn leaves(text: &str) -> Vec<String> {
    let end = text.find(|c: char| !is_name(c) && c != ':').unwrap_or(text.len());
    let path = text[..end].trim_end_matches(':');
    // What is in braces begins with the path before them.
    let Some(group) = text[end..].strip_prefix('{').filter(|_| text[..end].ends_with("::")) else {
        return vec![path.to_owned()];
    };
    let mut found = Vec::new();
    let (mut depth, mut start) = (0, 0);
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth > 0 => depth -= 1,
            ',' | '}' if depth == 0 => {
                let inner = leaves(group[start..at].trim_start());
                found.extend(inner.iter().map(|leaf| format!("{path}::{leaf}")));
                start = at + 1;
                if c == '}' {
                    break;
                }
            }
            _ => {}
        }
    }
    found
}

fn resolve(text: &str, module: &[String]) -> Option<Vec<String>> {
    let mut path = Vec::new();
    for (index, part) in text.split("::").filter(|part| !part.is_empty()).enumerate() {
        match part {
            "crate" => {}
            "self" if index == 0 => path = module.to_vec(),
            "self" => {}
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

pub fn sources() -> Vec<Source> {
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
    let test = |name: &String| name == "tests" || name == "testing" || name.ends_with("_tests");
    source.module.iter().any(test) || source.module == ["lib"]
}
