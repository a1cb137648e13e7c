//! Constants: cbindgen writes macros of bare numbers, which have no type.

use std::collections::BTreeMap;
use std::fs;

use super::root;

/// A constant of the sources that is wider than `int`.
pub struct Constant {
    /// Its type in C.
    pub r#type: &'static str,
    /// Its value.
    pub value: u64,
}

/// The constants that are wider than `int`.
pub fn wide() -> BTreeMap<String, Constant> {
    let mut found = BTreeMap::new();
    let text = |name| fs::read_to_string(root().join("src/abi").join(name)).unwrap();
    let (types, objects) = (text("types.rs"), text("object.rs"));
    let constants = |text| str::split(text, "\npub const ").skip(1);
    let capabilities =
        constants(&objects).filter(|constant| constant.contains(": metaffi_capabilities"));
    for constant in constants(&types).chain(capabilities) {
        let (head, rest) = constant.split_once('=').unwrap();
        let (name, r#type) = head.split_once(':').unwrap();
        let r#type = match r#type.trim() {
            "metaffi_type" => "metaffi_type",
            "metaffi_capabilities" => "metaffi_capabilities",
            "usize" => "size_t",
            other => panic!("{name} has the type {other}"),
        };
        let value = |term: &str| match term.strip_prefix("1 << ") {
            Some(bit) => 1 << bit.parse::<u32>().unwrap(),
            None => term.parse().unwrap_or_else(|_| value_of(&found, term)),
        };
        let terms = rest.split_once(';').unwrap().0.split('|');
        let value = terms.map(|term| value(term.trim())).fold(0, |all, one| all | one);
        found.insert(name.to_owned(), Constant { r#type, value });
    }
    assert!(found.len() > 60, "{}", found.len());
    found
}

fn value_of(found: &BTreeMap<String, Constant>, name: &str) -> u64 {
    found.get(name).unwrap_or_else(|| panic!("{name} is no constant")).value
}

/// The header with the wide constants in their types.
///
/// C++, and what reads headers by clang, as many generators of bindings do, takes the type of a
/// constant from a variable. In C that is no constant, so a macro of the same name stands before it.
/// What reads headers otherwise takes numbers alone.
pub fn typed(header: &str) -> String {
    let wide = wide();
    let (mut text, mut numbers) = (String::new(), String::new());
    for item in header.split_inclusive("\n\n") {
        let (comment, definition) = item.split_at(item.find("#define ").unwrap_or(item.len()));
        let name = definition.split(' ').nth(1).unwrap_or_default();
        match wide.get(name) {
            Some(Constant { r#type, value }) => {
                if numbers.is_empty() {
                    text += "#if defined(__cplusplus) || defined(__clang__)\n\n";
                }
                numbers += &format!("#define {name} {value}ULL\n");
                text += &format!(
                    "{comment}static const {type} {name} = ({type}){value};\n\
                     #define {name} (({type}){value})\n\n"
                );
            }
            None => {
                if !numbers.is_empty() {
                    text += &format!("#else\n\n{}\n#endif\n\n", std::mem::take(&mut numbers));
                }
                text += item;
            }
        }
    }
    text
}
