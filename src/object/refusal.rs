//! What is said where an object cannot do what is asked of it.

use super::{Capabilities, of};
use crate::error::Error;
use crate::handle::{self, Key};

/// Why an object cannot do what one of `wanted` is needed for.
#[cold]
pub fn refuse(object: Key, wanted: Capabilities) -> Error {
    refuse_deed(object, wanted, &wanted.deeds())
}

/// Why an object cannot be sliced.
#[cold]
pub fn refuse_slice(object: Key) -> Error {
    refuse_deed(object, Capabilities::READ_ITEMS, "be sliced")
}

fn refuse_deed(object: Key, wanted: Capabilities, deeds: &str) -> Error {
    let described =
        handle::describe_object(object, |object| (object.type_name(), object.runtime().to_owned()));
    let (r#type, runtime) = match described {
        Ok(described) => described,
        Err(stale) => return stale,
    };
    let able = of_known(object, wanted).deeds();
    let can = if able.is_empty() { "only be passed on".to_owned() } else { able };
    let cannot = match deeds {
        "" => String::new(),
        deeds => format!(" cannot {}", deeds.replace(", ", " or ")),
    };
    let message = match cannot.is_empty() {
        true => format!("an object of type {type} can {can}"),
        false => format!("an object of type {type}{cannot}; it can {can}"),
    };
    Error::unsupported(message).in_runtime(&runtime)
}

/// What an object can do, without asking what has no protocol.
fn of_known(object: Key, wanted: Capabilities) -> Capabilities {
    match wanted == Capabilities::NONE {
        true => Capabilities::NONE,
        false => of(object).and_then(|found| found.capabilities(object)).unwrap_or_default(),
    }
}
