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
    let mut pages =
        ["README.md", "CHANGELOG.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "RELEASING.md"]
            .map(|page| root().join(page))
            .to_vec();
    let docs = fs::read_dir(root().join("docs")).unwrap();
    pages.extend(docs.map(|entry| entry.unwrap().path()).filter(|path| path.extension().is_some()));
    pages
}

/// Where the links of a page lead, without anchors and other sites: code has none.
fn links(page: &str) -> Vec<&str> {
    let text = page.split("```").step_by(2);
    text.flat_map(|text| text.split("](").skip(1))
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
fn the_cpp_of_the_page_about_objects_is_tested() {
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let tested = ["visit", "objects", "host_objects", "exchange"]
        .map(|test| read(&format!("c_tests/test_hpp_{test}.cpp")));
    let tested = words(&tested.concat());
    let page = read("docs/objects.md");
    let examples = blocks(&page, "cpp");
    for part in examples.iter().flat_map(|block| block.split("\n\n")) {
        assert!(tested.contains(&words(part)), "{part}");
    }
    assert!(examples.len() > 1);
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

/// The commands of a page that run `make`: those in backticks, and lines of blocks.
fn make_commands(page: &str) -> impl Iterator<Item = &str> {
    let lines = page.split("```").skip(1).step_by(2).flat_map(str::lines);
    let quoted = page.split("```").step_by(2).flat_map(|text| text.split('`').skip(1).step_by(2));
    let commands = lines.chain(quoted).filter_map(|code| code.strip_prefix("make "));
    commands.filter(|command| !command.starts_with("-C"))
}

#[test]
fn every_task_of_the_pages_is_in_the_makefile() {
    let makefile = read("Makefile");
    let mut found = 0;
    for page in pages() {
        for command in make_commands(&fs::read_to_string(&page).unwrap()) {
            let words = command.split_whitespace().take_while(|word| !word.starts_with('#'));
            for task in
                words.filter(|word| word.chars().all(|c| c.is_ascii_lowercase() || c == '-'))
            {
                assert!(
                    makefile.contains(&format!("\n{task}:")),
                    "{}: make {task}",
                    page.display()
                );
                found += 1;
            }
        }
    }
    assert!(found > 15, "{found} tasks");
}

/// The files that a page for contributors names: in backticks, from the root, `src` or the runtime c,
/// and those of a row about a room.
fn named_files(page: &str) -> Vec<String> {
    let mut named = Vec::new();
    for line in page.lines() {
        let quoted: Vec<&str> = line.split('`').skip(1).step_by(2).collect();
        let room = quoted
            .first()
            .filter(|room| room.ends_with('/') && line.starts_with(&format!("| `{room}` |")));
        for path in &quoted {
            let is_path =
                path.chars().all(|c| c.is_ascii_lowercase() || "_./0123456789".contains(c));
            match room {
                Some(room) if is_path && path != room => named.push(format!("{room}{path}")),
                _ if is_path && path.contains('/') => named.push((*path).to_owned()),
                _ => {}
            }
        }
    }
    named
}

#[test]
fn the_files_that_pages_for_contributors_name_are_there() {
    let mut found = 0;
    for page in ["ARCHITECTURE.md", "CONTRIBUTING.md", "RELEASING.md", "docs/backends.md"] {
        for path in named_files(&read(page)) {
            let there = ["", "src/", "src/backend/c/"].iter().any(|folder| {
                let path = format!("{folder}{path}");
                root().join(&path).exists() || root().join(path + ".rs").exists()
            });
            assert!(there, "{page} names {path}");
            found += 1;
        }
    }
    assert!(found > 60, "{found} files");
}

#[test]
fn clients_open_the_library_by_its_soname() {
    let version = env!("CARGO_PKG_VERSION");
    let parts = if version.starts_with("0.") { 2 } else { 1 };
    let abi = version.split('.').take(parts).collect::<Vec<_>>().join(".");
    let clients = fs::read_dir(root().join("examples/clients")).unwrap();
    let mut found = 0;
    for file in pages().into_iter().chain(clients.map(|entry| entry.unwrap().path())) {
        let Ok(text) = fs::read_to_string(&file) else { continue };
        for rest in text.split("libmetaffi.so.").skip(1) {
            let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
            let opened = rest[..end].trim_end_matches('.');
            // RELEASING.md says what names are made of.
            if !opened.is_empty() {
                assert_eq!(opened, abi, "{}", file.display());
                found += 1;
            }
        }
    }
    assert!(found > 7, "{found} names");
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
    let page = read("docs/backends.md");
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
