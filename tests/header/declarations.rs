//! The header for what reads declarations without a preprocessor: LuaJIT's `ffi.cdef`, PHP's
//! `FFI::cdef`, CFFI's `cdef`.

use super::constants;

/// The declarations of a header, with its constants as enumerators: those that an `int` holds, since no
/// other is an enumerator to all of these.
pub fn of(header: &str) -> String {
    let code = without_comments(header);
    let (mut enumerators, mut text) = (String::new(), String::new());
    let wide = constants::wide();
    for line in code.lines() {
        if let Some(definition) = line.strip_prefix("#define ") {
            let Some((name, value)) = definition.split_once(' ') else { continue };
            if !wide.contains_key(name) {
                enumerators += &format!("  {name} = {value},\n");
            }
        } else if !(line.starts_with('#')
            || line.starts_with("static const ")
            || line.starts_with("extern \"C\"")
            || line == "}")
        {
            // One empty line between declarations, none within.
            let last = text.lines().last().unwrap_or_default();
            let within = last.is_empty() || last.starts_with(' ') || last.ends_with('{');
            if !(line.is_empty() && within) || last.ends_with(';') && !last.starts_with(' ') {
                text += &format!("{line}\n");
            }
        }
    }
    for (name, constant) in &wide {
        if i32::try_from(constant.value).is_err() {
            continue;
        }
        enumerators += &format!("  {name} = {},\n", constant.value);
    }
    format!("enum {{\n{enumerators}}};\n\n{}\n", text.trim())
}

/// Code without comments, and without the lines that had nothing else.
fn without_comments(code: &str) -> String {
    let mut text = String::new();
    for part in code.split("/*") {
        text += part.split_once("*/").map_or(part, |(_, after)| after);
    }
    let mut lines = text.lines().map(str::trim_end).collect::<Vec<_>>();
    lines.dedup_by(|a, b| a.is_empty() && b.is_empty());
    lines.join("\n")
}
