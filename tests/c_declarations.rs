//! The corpus `tests/declarations/`: whole, and cut short at every token.

use std::fs;
use std::path::Path;

use metaffi::backend::c::parse::{Declaration, Declarations, TagDeclaration};
use metaffi::error::Status;

fn corpus() -> Vec<(String, String)> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/declarations");
    let mut texts: Vec<(String, String)> = fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            (name, fs::read_to_string(&path).unwrap())
        })
        .collect();
    texts.sort();
    texts
}

fn everything(declarations: &Declarations) -> (Vec<Declaration>, Vec<TagDeclaration>) {
    (declarations.declarations(), declarations.tags())
}

#[test]
fn every_text_is_declared_and_declared_again() {
    let all = Declarations::default();
    for (name, text) in corpus() {
        let declarations = Declarations::default();
        for _ in 0..2 {
            declarations.declare(&text, &name).unwrap();
        }
        assert!(!declarations.declarations().is_empty(), "{name}");
        all.declare(&text, &name).unwrap();
    }
    assert!(corpus().len() >= 7);
}

/// The offsets between tokens, and some inside of them: wherever the class of the byte changes.
fn cuts(text: &str) -> impl Iterator<Item = usize> + '_ {
    let class = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' => 0,
        b' ' | b'\n' => 1,
        // Punctuation bytes are a token each, or nearly.
        other => other,
    };
    let bytes = text.as_bytes();
    (1..bytes.len()).filter(move |&at| {
        let (before, after) = (class(bytes[at - 1]), class(bytes[at]));
        (before != after || after > 1) && text.is_char_boundary(at)
    })
}

#[test]
fn a_text_cut_short_leaves_the_declarations_as_they_were() {
    const BEFORE: &str = "struct later; extern int list[]; #define UNTOUCHED 1\nint before(void);";
    let before_text = BEFORE.replace("; #", ";\n#");
    for (name, text) in corpus() {
        let mut refused = 0;
        for cut in cuts(&text) {
            let declarations = Declarations::default();
            declarations.declare(&before_text, "before").unwrap();
            let before = everything(&declarations);
            match declarations.declare(&text[..cut], &name) {
                Ok(()) => {}
                Err(error) => {
                    refused += 1;
                    assert!(matches!(error.status(), Status::Syntax | Status::Unsupported));
                    assert!(error.message().contains(".h:"), "{name}: {error}");
                    assert_eq!(everything(&declarations), before, "{name} cut at {cut}");
                    declarations.declare(&text, &name).unwrap();
                }
            }
        }
        assert!(refused > 20, "{name}: only {refused} errors");
    }
}
