//! The functions of `include/metaffi.h` with the entry points of hosts, the symbols that the shared
//! library exports and `symbols.txt` are the same, so that a change of the ABI is a visible one. To
//! bless a change: `METAFFI_BLESS=1 cargo test --test symbols`. The C++ headers have each of them.

#[path = "support/blessed.rs"]
mod blessed;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::{env, fs};

use object::{Object, ObjectSymbol};

/// What languages call when they load the library as a module of theirs. C does not, so that they
/// are not in the header.
const ENTRY_POINTS: [&str; 1] = ["PyInit_libmetaffi"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The shared library that cargo built for this test.
fn library() -> PathBuf {
    let name = format!("{}metaffi{}", env::consts::DLL_PREFIX, env::consts::DLL_SUFFIX);
    env::current_exe().unwrap().with_file_name(name)
}

fn exported() -> BTreeSet<String> {
    let file = library();
    let bytes = fs::read(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let parsed = object::File::parse(&*bytes).unwrap();
    parsed
        .dynamic_symbols()
        .filter(|symbol| symbol.is_definition() && symbol.is_global())
        .map(|symbol| symbol.name().unwrap().to_owned())
        .collect()
}

/// The functions that the header declares: names before a parenthesis, outside of comments.
fn declared(header: &str) -> BTreeSet<String> {
    let mut code = String::new();
    for part in header.split("/*") {
        code.push_str(part.split_once("*/").map_or(part, |(_, after)| after));
    }
    let is_name = |c: char| c.is_alphanumeric() || c == '_';
    code.match_indices('(')
        .filter_map(|(at, _)| code[..at].rsplit(|c: char| !is_name(c)).next())
        .filter(|name| name.starts_with("metaffi_"))
        .map(str::to_owned)
        .collect()
}

fn lines(names: &BTreeSet<String>) -> String {
    names.iter().map(|name| format!("{name}\n")).collect()
}

#[test]
fn header_library_and_symbols_txt_agree() {
    let header = fs::read_to_string(root().join("include/metaffi.h")).unwrap();
    let (mut declared, exported) = (declared(&header), exported());
    assert!(declared.len() > 50, "{declared:?}");
    declared.extend(ENTRY_POINTS.map(str::to_owned));
    let undeclared: Vec<&String> = exported.difference(&declared).collect();
    let missing: Vec<&String> = declared.difference(&exported).collect();
    assert!(undeclared.is_empty(), "exported, but not in the header: {undeclared:?}");
    assert!(missing.is_empty(), "in the header, but not exported: {missing:?}");

    let listed = lines(&exported);
    blessed::check(&root().join("symbols.txt"), &listed, "cargo test --test symbols");
}

#[test]
fn functions_are_told_from_types_and_comments() {
    let text = "/* metaffi_not(a) */ typedef void (*metaffi_callback)(void *);\n\
                #define metaffi_x (metaffi_y | 1)\n\
                int metaffi_free(void (*metaffi_f)(int));\n";
    assert_eq!(declared(text), BTreeSet::from(["metaffi_free".to_owned()]));
}

/// Functions that the C++ headers leave to C++ code as they are, and why.
const NOT_WRAPPED: [(&str, &[&str]); 3] = [
    (
        "they cannot fail, and own nothing",
        &[
            "metaffi_abi_version",
            "metaffi_errno",
            "metaffi_set_errno",
            "metaffi_type_size",
            "metaffi_version",
        ],
    ),
    (
        "typed functions lay out their frames when they are compiled",
        &[
            "metaffi_callable_frame_param",
            "metaffi_callable_frame_return",
            "metaffi_callable_frame_size",
            "metaffi_entity_frame_param",
            "metaffi_entity_frame_return",
            "metaffi_entity_frame_size",
        ],
    ),
    (
        "a metaffi::value copies any string",
        &["metaffi_value_new_string16", "metaffi_value_new_string32", "metaffi_value_new_string8"],
    ),
];

#[test]
fn every_function_of_c_has_its_place_in_the_cpp_headers() {
    let mut words = BTreeSet::new();
    for entry in fs::read_dir(root().join("include/metaffi")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "hpp") {
            let text = fs::read_to_string(&path).unwrap();
            let code = text.lines().map(|line| line.split("//").next().unwrap_or_default());
            for line in code {
                let is_name = |c: char| c.is_alphanumeric() || c == '_';
                words.extend(line.split(|c| !is_name(c)).map(str::to_owned));
            }
        }
    }
    let header = fs::read_to_string(root().join("include/metaffi.h")).unwrap();
    let left: BTreeSet<String> = declared(&header).difference(&words).cloned().collect();
    let known = NOT_WRAPPED.iter().flat_map(|(_, names)| *names).map(|name| (*name).to_owned());
    assert_eq!(left, known.collect(), "what only C calls, and what NOT_WRAPPED says");
}
