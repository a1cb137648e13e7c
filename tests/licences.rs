//! `LICENSES-DEPENDENCIES.md` has the licence of everything that the built files contain. To bless a
//! change: `METAFFI_BLESS=1 cargo test --test licences`.

#[path = "support/blessed.rs"]
mod blessed;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use serde_json::Value;

/// The same on every machine.
const PLATFORM: &str = "x86_64-unknown-linux-gnu";

const HEADING: &str = "# Licences of what metaffi is built with\n\n\
    The library, its archive and the program `metaffi` contain the following; of several licences to \
    choose from, this is a copy of one. `cargo test --test licences` checks it.\n\n";

/// The licence of a package that is under this one, and comes without its text.
const MIT: &str = include_str!("../LICENSE-MIT");

/// What is part of the built files.
struct Component {
    name: String,
    licence: String,
    text: String,
}

fn metadata() -> Value {
    let output = Command::new(env::var_os("CARGO").unwrap())
        .args(["metadata", "--locked", "--offline", "--format-version", "1"])
        .args(["--filter-platform", PLATFORM, "--manifest-path"])
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// The packages that are linked: dependencies of dependencies, without those that only run in the
/// compiler, build or test.
fn linked(metadata: &Value) -> Vec<&Value> {
    let packages: BTreeMap<&str, &Value> =
        list(&metadata["packages"]).map(|package| (text(&package["id"]), package)).collect();
    let nodes: BTreeMap<&str, &Value> =
        list(&metadata["resolve"]["nodes"]).map(|node| (text(&node["id"]), node)).collect();
    let root = text(&metadata["resolve"]["root"]);
    let (mut found, mut left) = (BTreeSet::new(), vec![root]);
    while let Some(id) = left.pop() {
        let is_macro = list(&packages[id]["targets"])
            .any(|target| list(&target["kind"]).any(|kind| kind == "proc-macro"));
        if !is_macro && found.insert(id) {
            let is_linked = |dependency: &&Value| {
                list(&dependency["dep_kinds"]).any(|kind| kind["kind"].is_null())
            };
            let dependencies = list(&nodes[id]["deps"]).filter(is_linked);
            left.extend(dependencies.map(|dependency| text(&dependency["pkg"])));
        }
    }
    found.remove(root);
    found.into_iter().map(|id| packages[id]).collect()
}

/// The files in which a package has its licence: that of MIT alone, if it may be chosen.
fn files(directory: &Path) -> Vec<PathBuf> {
    let begins = |path: &Path, with: &[&str]| {
        let name = path.file_name().unwrap().to_str().unwrap().to_ascii_uppercase();
        with.iter().any(|prefix| name.starts_with(prefix))
    };
    let entries = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> = entries
        .filter(|path| begins(path, &["LICENSE", "LICENCE", "COPYING", "COPYRIGHT", "NOTICE"]))
        .filter(|path| path.is_file())
        .collect();
    if files.iter().any(|path| begins(path, &["LICENSE-MIT"])) {
        files.retain(|path| begins(path, &["LICENSE-MIT", "COPYRIGHT", "NOTICE"]));
    }
    files.sort();
    files
}

fn read(files: &[PathBuf]) -> String {
    let texts = files.iter().map(|path| fs::read_to_string(path).unwrap());
    let texts =
        texts.map(|text| text.lines().map(|line| line.trim_end().to_owned() + "\n").collect());
    let texts: Vec<String> = texts.map(|text: String| text.trim_matches('\n').to_owned()).collect();
    texts.join("\n\n")
}

fn mit_of(authors: &str) -> String {
    let (_, terms) = MIT.split_once("\n\nPermission").expect("the terms follow the copyright");
    format!("MIT License\n\nCopyright (c) {authors}\n\nPermission{}", terms.trim_end())
}

/// A package, and the sources of others that it has in a directory.
fn components(package: &Value) -> Vec<Component> {
    let (name, version) = (text(&package["name"]), text(&package["version"]));
    let directory = Path::new(text(&package["manifest_path"])).parent().unwrap();
    let licence = text(&package["license"]).to_owned();
    let files = files(directory);
    let text = if files.is_empty() {
        assert!(licence.contains("MIT"), "{name} is under {licence}, and has no text of it");
        let authors: Vec<&str> = list(&package["authors"]).map(text).collect();
        mit_of(&authors.join(", "))
    } else {
        read(&files)
    };
    let mut all = vec![Component { name: format!("{name} {version}"), licence, text }];
    if name == "libffi-sys" {
        let text = read(&[directory.join("libffi/LICENSE")]);
        let name = format!("libffi, in {name} {version}");
        all.push(Component { name, licence: "MIT".to_owned(), text });
    }
    all
}

fn page(components: &[Component]) -> String {
    let mut page = HEADING.to_owned() + "| part | licence |\n|---|---|\n";
    let mut texts: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for Component { name, licence, text } in components {
        let _ = writeln!(page, "| {name} | {licence} |");
        texts.entry(text).or_default().push(name);
    }
    let mut texts: Vec<(&str, Vec<&str>)> = texts.into_iter().collect();
    texts.sort_by(|(_, one), (_, other)| one.cmp(other));
    for (text, names) in texts {
        let _ = write!(page, "\n## {}\n\n```text\n{text}\n```\n", names.join(" · "));
    }
    page
}

#[test]
fn everything_that_is_linked_has_its_licence_in_the_list() {
    let metadata = metadata();
    let mut all: Vec<Component> = linked(&metadata).into_iter().flat_map(components).collect();
    assert!(all.len() > 20 && all.iter().any(|one| one.name.starts_with("libffi, in")));
    let standard = Component {
        name: "the standard library of Rust".to_owned(),
        licence: "MIT OR Apache-2.0".to_owned(),
        text: mit_of("The Rust Project Contributors"),
    };
    all.push(standard);
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("LICENSES-DEPENDENCIES.md");
    blessed::check(&file, &page(&all), "cargo test --test licences");
}
