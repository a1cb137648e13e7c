//! The documents are true: examples are the tested files, links lead somewhere, nothing names a
//! place outside of the project.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The fenced blocks of a language.
fn blocks<'a>(page: &'a str, language: &str) -> Vec<&'a str> {
    let fence = format!("```{language}\n");
    page.split(&fence).skip(1).map(|rest| rest.split("```").next().unwrap_or_default()).collect()
}

fn pages() -> Vec<PathBuf> {
    let mut pages = vec![root().join("README.md"), root().join("CHANGELOG.md")];
    let docs = fs::read_dir(root().join("docs")).unwrap();
    pages.extend(docs.map(|entry| entry.unwrap().path()).filter(|path| path.extension().is_some()));
    pages
}

/// Where the links of a page lead, without anchors and other sites.
fn links(page: &str) -> Vec<&str> {
    page.split("](")
        .skip(1)
        .filter_map(|rest| rest.split([')', '#']).next())
        .filter(|target| !target.is_empty() && !target.contains("://"))
        .collect()
}

#[test]
fn the_readme_begins_with_the_quickstart_example() {
    let readme = read("README.md");
    let example = read("examples/c/quickstart.c");
    assert_eq!(blocks(&readme, "c").first(), Some(&example.as_str()));
    assert!(example.lines().count() <= 15, "{} lines", example.lines().count());
}

#[test]
fn the_readmes_cpp_is_in_its_example() {
    let example = read("examples/cpp/quickstart.cpp");
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let lines = words(&example);
    for line in blocks(&read("README.md"), "cpp")[0].lines() {
        let line = line.trim_start_matches("unsigned long sum = ").trim_end_matches(';');
        assert!(lines.contains(&words(line)), "{line}");
    }
}

#[test]
fn the_readmes_python_is_in_its_example() {
    let example = read("examples/c/python.c");
    for line in blocks(&read("README.md"), "c")[1].lines() {
        assert!(example.contains(line), "{line}");
    }
}

#[test]
fn every_link_leads_to_a_file() {
    let mut found = 0;
    for page in pages() {
        let text = fs::read_to_string(&page).unwrap();
        for target in links(&text) {
            let path = page.with_file_name(target);
            assert!(path.exists(), "{} links to {target}", page.display());
            found += 1;
        }
    }
    assert!(found > 15, "{found} links");
}

#[test]
fn every_task_of_the_readme_is_in_the_makefile() {
    let makefile = read("Makefile");
    let readme = read("README.md");
    let tasks: Vec<&str> = readme
        .split("make ")
        .skip(1)
        .filter_map(|rest| rest.split(|c: char| !c.is_ascii_lowercase()).next())
        .filter(|task| !task.is_empty())
        .collect();
    assert!(tasks.contains(&"demo") && tasks.contains(&"test"), "{tasks:?}");
    for task in ["demo", "test", "bench", "install", "build"] {
        assert!(makefile.contains(&format!("\n{task}:")), "{task}");
    }
}

#[test]
fn no_file_names_a_place_on_somebodys_machine() {
    let listed = Command::new("git").args(["ls-files", "-z"]).current_dir(root()).output();
    // Not a checkout: a source package has no list of its files.
    let Ok(listed) = listed else { return };
    let places = [concat!("/wo", "rk/"), concat!("/ro", "ot/"), concat!("/ho", "me/")];
    for file in String::from_utf8(listed.stdout).unwrap().split_terminator('\0') {
        let Ok(text) = fs::read_to_string(root().join(file)) else { continue };
        for place in places {
            assert!(!text.contains(place), "{file} has {place}");
        }
    }
}

#[test]
fn what_runtimes_say_of_themselves_is_in_the_table() {
    let page = read("docs/runtimes.md");
    for backend in metaffi::backend::registry::all() {
        let nature = backend.nature();
        let row = format!(
            "| {} | {:?} | {:?} | {:?} | {:?} | {:?} |",
            backend.name(),
            nature.threads,
            nature.exceptions,
            nature.floats,
            nature.forked,
            nature.changes
        );
        assert!(page.contains(&row), "{row}");
    }
}
