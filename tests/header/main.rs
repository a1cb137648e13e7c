//! `include/metaffi.h` is what cbindgen makes of the sources, and `include/metaffi/metaffi.cdef` the
//! same without a preprocessor. To bless a change: `METAFFI_BLESS=1 cargo test --test header`.

#[path = "../support/blessed.rs"]
mod blessed;
mod constants;
mod declarations;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::{LazyLock, Mutex};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The modules whose items make up the header; cbindgen follows them into their files.
const SOURCES: [&str; 2] = ["src/abi/mod.rs", "src/capi/mod.rs"];

/// The conventions page as a comment.
fn conventions() -> String {
    let page = fs::read_to_string(root().join("docs/conventions.md")).unwrap();
    assert!(!page.contains("*/"), "the page would end its comment");
    let lines = page.trim().lines().map(|line| format!(" * {}", line.trim_start_matches("# ")));
    let lines: Vec<String> = lines.map(|line| line.trim_end().to_owned()).collect();
    format!(
        "/*\n * metaffi: call code in any language, in the same process.\n *\n{}\n */",
        lines.join("\n")
    )
}

fn generate() -> String {
    let mut config = cbindgen::Config::from_file(root().join("cbindgen.toml")).unwrap();
    config.header = Some(conventions());
    let mut builder = cbindgen::Builder::new().with_config(config);
    for file in SOURCES {
        builder = builder.with_src(root().join(file));
    }
    let mut text = Vec::new();
    builder.generate().unwrap().write(&mut text);
    // Rust's heading for what a caller must see to is Doxygen's command for it.
    let text = String::from_utf8(text).unwrap().replace(" * # Safety\n * ", " * @pre ");
    // C of 1990, and what reads headers like it, has no other comments.
    let line = |line: &str| match line.split_once("// ") {
        Some((code, comment)) => format!("{} /* {comment} */\n", code.trim_end()),
        None => format!("{line}\n"),
    };
    constants::typed(&text.lines().map(line).collect::<String>())
}

/// cbindgen reports what it leaves out only as log messages.
struct Warnings(Mutex<Vec<String>>);

static WARNINGS: Warnings = Warnings(Mutex::new(Vec::new()));

impl log::Log for Warnings {
    fn enabled(&self, metadata: &log::Metadata<'_>) -> bool {
        metadata.level() <= log::Level::Warn
    }
    fn log(&self, record: &log::Record<'_>) {
        if self.enabled(record.metadata()) {
            self.0.lock().unwrap().push(record.args().to_string());
        }
    }
    fn flush(&self) {}
}

/// The header that the sources make, once for all tests.
static HEADER: LazyLock<String> = LazyLock::new(|| {
    log::set_logger(&WARNINGS).unwrap();
    log::set_max_level(log::LevelFilter::Warn);
    generate()
});

#[test]
fn the_header_is_what_the_sources_say() {
    let declarations = declarations::of(&HEADER);
    let mut warnings = WARNINGS.0.lock().unwrap().clone();
    // What a header of its own declares.
    let elsewhere = cbindgen::Config::from_file(root().join("cbindgen.toml")).unwrap().export;
    let is_elsewhere = |warning: &String| {
        let starts = |name: &String| warning.starts_with(&format!("Can't find {name}."));
        elsewhere.exclude.iter().any(starts)
    };
    warnings.retain(|warning| !is_elsewhere(warning));
    assert!(warnings.is_empty(), "cbindgen left something out: {warnings:#?}");
    for (file, text) in [("metaffi.h", &*HEADER), ("metaffi/metaffi.cdef", &declarations)] {
        blessed::check(&root().join("include").join(file), text, "cargo test --test header");
    }
}

/// The words of the header's code, without its comments.
fn words(header: &str) -> Vec<&str> {
    let code = |part| str::split_once(part, "*/").map_or(part, |(_, after)| after);
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    header.split("/*").flat_map(|part| code(part).split(|c| !is_word(c))).collect()
}

#[test]
fn no_names_differ_by_case_alone() {
    let mut spellings = BTreeMap::new();
    for word in words(&HEADER).into_iter().filter(|word| word.len() > 1) {
        let first = spellings.entry(word.to_ascii_lowercase()).or_insert(word);
        assert_eq!(*first, word, "languages without case cannot tell them apart");
    }
    assert!(spellings.len() > 300, "{}", spellings.len());
}

#[test]
fn no_parameter_or_member_is_a_keyword_of_many_languages() {
    for word in words(&HEADER) {
        let taken = ["result", "function", "end", "in", "of", "to", "from", "begin", "self"];
        assert!(!taken.contains(&word), "{word}");
    }
    assert!(!HEADER.contains("//"), "a comment that not everything reads");
}
