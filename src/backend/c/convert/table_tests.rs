//! The tables of `docs/types.md` are what [`check`] and [`infer`] say. To bless a change:
//! `METAFFI_BLESS=1 cargo test --lib table_tests`.

use std::fmt::Write;
use std::path::Path;
use std::{env, fs};

use super::{Direction, check, infer};
use crate::backend::c::data::ctype::CType;
use crate::backend::c::parse::Declarations;
use crate::signature::{Kind, Type};

const DECLARATIONS: &str = "struct point { double x, y; }; enum color { RED };";

const C_TYPES: [&str; 39] = [
    "_Bool",
    "char",
    "signed char",
    "unsigned char",
    "short",
    "unsigned short",
    "int",
    "unsigned int",
    "long",
    "unsigned long",
    "size_t",
    "wchar_t",
    "char16_t",
    "char32_t",
    "enum color",
    "__int128",
    "_Float16",
    "float",
    "double",
    "long double",
    "double _Complex",
    "const char *",
    "char *",
    "unsigned char *",
    "char16_t *",
    "char32_t *",
    "short *",
    "int *",
    "long *",
    "size_t *",
    "float *",
    "double *",
    "char **",
    "void *",
    "struct point *",
    "int (*)(int)",
    "struct point",
    "int[4]",
    "char[8]",
];

const INTEGERS: [Kind; 13] = [
    Kind::Int8,
    Kind::Int16,
    Kind::Int32,
    Kind::Int64,
    Kind::Uint8,
    Kind::Uint16,
    Kind::Uint32,
    Kind::Uint64,
    Kind::Size,
    Kind::Bool,
    Kind::Char8,
    Kind::Char16,
    Kind::Char32,
];

/// Every type that is accepted, groups by name.
fn accepted(ctype: &CType, direction: Direction) -> String {
    let takes = |r#type: Type| check(&r#type.into(), ctype, direction).is_ok();
    let mut words = Vec::new();
    let all_integers = INTEGERS.iter().all(|kind| takes((*kind).into()));
    if all_integers {
        words.push("integers".to_owned());
    }
    for kind in Kind::elements().chain([Kind::Null]) {
        if takes(kind.into()) && !(all_integers && INTEGERS.contains(&kind)) {
            words.push(kind.to_string());
        }
    }
    let arrays: Vec<String> = Kind::elements()
        .filter(|kind| Type::from(*kind).array().is_some_and(takes))
        .map(|kind| kind.to_string())
        .collect();
    if !arrays.is_empty() {
        let every = Kind::elements().count() == arrays.len();
        let names = if every { "anything".to_owned() } else { arrays.join(", ") };
        words.push(format!("arrays of {names}"));
    }
    words.join(", ")
}

fn inferred(ctype: &CType, direction: Direction) -> String {
    infer(ctype, direction).map_or_else(String::new, |info| info.r#type.to_string())
}

fn table(direction: Direction) -> String {
    let declarations = Declarations::default();
    declarations.declare(DECLARATIONS, "table").unwrap();
    let mut table = "| C type | inferred | may be declared as |\n|---|---|---|\n".to_owned();
    for text in C_TYPES {
        let ctype = CType::new(declarations.types(), declarations.parse_type(text).unwrap());
        let (inferred, accepted) = (inferred(&ctype, direction), accepted(&ctype, direction));
        writeln!(table, "| `{text}` | {inferred} | {accepted} |").unwrap();
    }
    table
}

/// The text of a page with the table between two markers replaced.
fn replaced(page: &str, name: &str, table: &str) -> String {
    let (start, end) = (format!("<!-- {name} -->\n\n"), format!("\n<!-- end of {name} -->"));
    let (before, rest) = page.split_once(&start).expect("the page has the table's marker");
    let (_, after) = rest.split_once(&end).expect("the page has the table's end");
    format!("{before}{start}{table}{end}{after}")
}

#[test]
fn the_page_has_the_conversions_in_both_directions() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/types.md");
    let page = fs::read_to_string(&file).unwrap();
    let mut right = replaced(&page, "to C", &table(Direction::ToC));
    right = replaced(&right, "from C", &table(Direction::FromC));
    if env::var_os("METAFFI_BLESS").is_some() {
        fs::write(&file, &right).unwrap();
    }
    assert!(
        page == right || env::var_os("METAFFI_BLESS").is_some(),
        "docs/types.md is out of date: METAFFI_BLESS=1 cargo test --lib table_tests"
    );
}
