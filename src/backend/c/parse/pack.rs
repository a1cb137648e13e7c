//! [`Pack`]: the alignment limit of `#pragma pack` and its stack, and the layouts that pragmas ask
//! for and nothing here has.

/// The limits pushed and the one in force.
#[derive(Clone, Default, Debug)]
pub(crate) struct Pack {
    limit: Option<usize>,
    stack: Vec<(Option<String>, Option<usize>)>,
    other_order: bool,
    microsoft: bool,
}

/// The scalar storage order of this machine.
pub(crate) const OWN_ORDER: &str =
    if cfg!(target_endian = "big") { "big-endian" } else { "little-endian" };

impl Pack {
    /// What asks for another layout of the records that are defined now.
    pub(crate) fn other_layout(&self) -> Option<&'static str> {
        match (self.other_order, self.microsoft) {
            (true, _) => Some("scalar_storage_order"),
            (_, true) => Some("ms_struct"),
            _ => None,
        }
    }

    /// Carries out `#pragma scalar_storage_order`.
    pub(crate) fn order(&mut self, order: &str) {
        self.other_order = order != OWN_ORDER && order != "default";
    }

    /// Carries out `#pragma ms_struct`, which not every compiler does.
    pub(crate) fn microsoft(&mut self, state: &str) {
        self.microsoft = !matches!(state, "off" | "reset");
    }

    /// The limit in bytes for records that are defined now.
    pub(crate) fn limit(&self) -> Option<usize> {
        self.limit
    }

    /// Carries out `(push, n)`, `(pop)`, `(n)` or `()`, with the names gcc allows.
    pub(crate) fn apply(&mut self, arguments: &str) -> Result<(), String> {
        let malformed = || {
            format!(
                "'#pragma pack{arguments}' is malformed; write (n), (), (push), (push, n) or \
                 (pop) with n = 1, 2, 4, 8 or 16"
            )
        };
        let inside = arguments.strip_prefix('(').and_then(|rest| rest.split_once(')'));
        let (inside, _) = inside.ok_or_else(malformed)?;
        let words: Vec<&str> = inside.split(',').map(str::trim).collect();
        match words.as_slice() {
            [""] => self.limit = None,
            ["push"] => self.stack.push((None, self.limit)),
            ["push", number] if limit(number).is_some() => {
                self.push(None, limit(number).ok_or_else(malformed)?);
            }
            ["push", name] if is_name(name) => {
                self.stack.push((Some((*name).to_owned()), self.limit));
            }
            ["push", name, number] if is_name(name) => {
                self.push(Some((*name).to_owned()), limit(number).ok_or_else(malformed)?);
            }
            ["pop"] => self.pop(None)?,
            ["pop", name] if is_name(name) => self.pop(Some(name))?,
            ["pop", number] => {
                self.pop(None)?;
                self.limit = limit(number).ok_or_else(malformed)?;
            }
            [number] => self.limit = limit(number).ok_or_else(malformed)?,
            _ => return Err(malformed()),
        }
        Ok(())
    }

    fn push(&mut self, name: Option<String>, limit: Option<usize>) {
        self.stack.push((name, self.limit));
        self.limit = limit;
    }

    fn pop(&mut self, name: Option<&str>) -> Result<(), String> {
        let index = match name {
            None => self.stack.len().checked_sub(1),
            Some(_) => self.stack.iter().rposition(|(pushed, _)| pushed.as_deref() == name),
        };
        let index = index.ok_or_else(|| match name {
            None => String::from("'#pragma pack(pop)' without a push before it"),
            Some(name) => format!("'#pragma pack(pop, {name})' without a push of that name"),
        })?;
        self.limit = self.stack[index].1;
        self.stack.truncate(index);
        Ok(())
    }
}

/// A limit that gcc accepts; 0 is none.
fn limit(number: &str) -> Option<Option<usize>> {
    match number {
        "0" => Some(None),
        "1" | "2" | "4" | "8" | "16" => Some(number.parse().ok()),
        _ => None,
    }
}

fn is_name(word: &str) -> bool {
    word.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_pushed_and_popped() {
        let mut pack = Pack::default();
        let mut after = |arguments: &str| {
            pack.apply(arguments).unwrap();
            pack.limit()
        };
        assert_eq!(after("(push, 1)"), Some(1));
        assert_eq!(after("(2)"), Some(2));
        assert_eq!(after("(push, name, 4)"), Some(4));
        assert_eq!(after("(push)"), Some(4));
        assert_eq!(after("(8)"), Some(8));
        assert_eq!(after("(pop, name)"), Some(2));
        assert_eq!(after("(pop)"), None);
        assert_eq!(after("(16)"), Some(16));
        assert_eq!(after("()"), None);
    }

    #[test]
    fn what_cannot_be_carried_out_is_an_error() {
        for arguments in ["(3)", "(pop)", "(pop, name)", "(push, 1, 2)", "1", "", "(1", "(x)"] {
            assert!(Pack::default().apply(arguments).is_err(), "{arguments}");
        }
    }
}
