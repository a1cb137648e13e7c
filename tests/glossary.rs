//! One word, one meaning: the name of a type is declared once in the sources, and the types that the
//! pages for contributors name are there.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Types that share their name, and why.
const SHARED: [(&str, &str); 3] = [
    ("Backend", "the contract, and each backend's own"),
    ("Module", "the contract, what stands for it behind a handle, and each backend's own"),
    ("Runtime", "the contract, and what stands for it behind a handle"),
];

/// Pages that name types in backticks.
const PAGES: [&str; 3] = ["ARCHITECTURE.md", "CONTRIBUTING.md", "docs/glossary.md"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn rust_files(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            if path.file_name().is_none_or(|name| name != "bin" && name != "tests") {
                rust_files(&path, into);
            }
        } else if path.extension().is_some_and(|extension| extension == "rs")
            && !path.file_stem().unwrap().to_string_lossy().contains("test")
        {
            into.push(path);
        }
    }
}

/// The type that a line declares at the top of a module.
fn declared(line: &str) -> Option<&str> {
    let line = line.strip_prefix("pub").map_or(line, |rest| match rest.strip_prefix('(') {
        Some(rest) => rest.split_once(')').map_or(rest, |(_, rest)| rest),
        None => rest,
    });
    let line = line.strip_prefix(' ').unwrap_or(line);
    let line = line.strip_prefix("unsafe ").unwrap_or(line);
    let (keyword, name) = line.split_once(' ')?;
    if !["struct", "enum", "union", "trait", "type"].contains(&keyword) {
        return None;
    }
    name.split(|c: char| !c.is_alphanumeric() && c != '_').next()
}

/// Where the type of each name is declared, outside of tests.
fn types() -> BTreeMap<String, Vec<String>> {
    let mut files = Vec::new();
    rust_files(&root().join("src"), &mut files);
    let mut types: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        // Unit tests are the last item of a file.
        let code = text.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
        for name in code.lines().filter_map(declared) {
            let place = file.strip_prefix(root()).unwrap().display().to_string();
            types.entry(name.to_owned()).or_default().push(place);
        }
    }
    assert!(types.len() > 300, "{} types", types.len());
    types
}

/// What a page has in backticks, outside of blocks of code.
fn quoted(page: &str) -> Vec<&str> {
    let text = page.split("```").step_by(2);
    text.flat_map(|text| text.split('`').skip(1).step_by(2)).collect()
}

/// Whether a name is written as those of types are.
fn is_type_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_uppercase())
        && name.contains(|c: char| c.is_ascii_lowercase())
        && name.chars().all(|c| c.is_alphanumeric())
}

#[test]
fn the_name_of_a_type_is_declared_once() {
    let types = types();
    for (name, places) in &types {
        let shared = SHARED.iter().any(|(shared, _)| shared == name);
        assert!(
            places.len() == 1 || shared,
            "{name} is declared in {}: give each its own name, in the words of docs/glossary.md",
            places.join(", ")
        );
    }
    for (name, reason) in SHARED {
        let places = types.get(name).map_or(0, Vec::len);
        assert!(places > 1, "{name} is declared {places} times: no exception ({reason}) is needed");
    }
}

#[test]
fn the_types_that_pages_name_are_in_the_sources() {
    let types = types();
    let mut found = BTreeSet::new();
    for page in PAGES {
        let text = fs::read_to_string(root().join(page)).unwrap();
        for path in quoted(&text) {
            for name in path.split("::").map(|part| part.split(['(', '<', ' ']).next().unwrap()) {
                if !is_type_name(name) {
                    continue;
                }
                assert!(types.contains_key(name), "{page}: `{path}`, but no type is called {name}");
                found.insert(name.to_owned());
            }
        }
    }
    assert!(found.len() > 3, "{found:?}");
}

#[test]
fn the_glossary_says_each_word_once() {
    let text = fs::read_to_string(root().join("docs/glossary.md")).unwrap();
    for section in text.split("\n## ") {
        let mut words = BTreeSet::new();
        for line in section.lines().filter(|line| line.starts_with("| ")) {
            let words_of_line = line[2..].split(" | ").next().unwrap();
            for word in words_of_line.split(", ").filter(|word| *word != "word") {
                assert!(words.insert(word), "{word} is explained twice");
            }
        }
    }
}
